-- The history of syncs, with its checks (they cascade). What is current stays, however old: what a scope, a partition,
-- an open difference or an open rejection names; of each table the last run, the last good one of the whole company,
-- the last that published and the last that changed something, which marts.freshness tells; and what the marts have not
-- taken in yet.
with last_runs as (
    select unnest(array[
        (array_agg(landing_id order by finished_at desc))[1],
        (array_agg(landing_id order by read_at desc) filter (
            where state in ('published', 'unchanged') and not narrowed
        ))[1],
        (array_agg(landing_id order by finished_at desc) filter (where state = 'published'))[1],
        (array_agg(landing_id order by finished_at desc) filter (
            where state = 'published' and new_rows + changed_rows + deleted_rows > 0
        ))[1]
    ]) as landing_id
    from sync.runs
    group by table_name, company_code
),

not_in_marts as (
    select runs.landing_id
    from sync.runs as runs
    where
        runs.state in ('published', 'stopped', 'failed')
        and exists (select 1 from sync.marts as marts where marts.company_code = runs.company_code)
        and not exists (
            select 1
            from sync.mart_runs as taken
            where
                taken.landing_id = runs.landing_id
                and taken.table_name = runs.table_name
                and taken.finished_at = runs.finished_at
        )
),

current_landings as (
    select landing_id from last_runs
    where landing_id is not null
    union
    select landing_id from not_in_marts
    union
    select max(landing_id) as landing_id from sync.landings
    group by object_name, company_code
    union
    select landing_id from sync.scopes
    union
    select landing_id from sync.partitions
    union
    select landing_id from sync.drift
    where resolved_at is null
    union
    select landing_id from sync.rejected_rows
    where resolved_at is null
)

delete from sync.landings as old
where
    coalesce(old.finished_at, old.started_at) < clock_timestamp() - make_interval(days => {{ "days" | bound }})
    and not exists (select 1 from current_landings where current_landings.landing_id = old.landing_id)
