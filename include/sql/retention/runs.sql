-- The history of syncs, with its checks (they cascade). What is current stays, however old: what a scope, a partition,
-- an open difference or an open rejection names, and the last that was checked, whose checks hold for the unchanged
-- ones after it; of each table the last run, the last good one of the whole company, the last that published and the
-- last that changed something, which marts.freshness tells; and what the marts have not taken in yet.
with ranked as (
    select
        landing_id,
        row_number() over (partition by table_name, company_code order by finished_at desc) as any_run,
        row_number() over (
            partition by table_name, company_code, state in ('published', 'unchanged') and not narrowed
            order by read_at desc
        ) as whole_run,
        row_number() over (
            partition by table_name, company_code, state = 'published' order by finished_at desc
        ) as publish,
        row_number() over (
            partition by table_name, company_code, state = 'published' and new_rows + changed_rows + deleted_rows > 0
            order by finished_at desc
        ) as change
    from sync.runs
),

last_runs as (
    select landing_id
    from ranked
    where 1 in (any_run, whole_run, publish, change)
),

not_in_marts as (
    select runs.landing_id
    from sync.runs as runs
    where
        runs.state in ('published', 'stopped', 'failed')
        and runs.company_code in (select marts.company_code from sync.marts as marts)
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
    select landing_id from sync.snapshots
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
    and not exists (
        select 1 from current_landings
        where current_landings.landing_id = old.landing_id
    )
