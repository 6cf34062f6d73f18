-- Syncs that should have ended by now, one row an object and company: those that are at work for too long, and those
-- that were due and have not begun. A sync that failed has ended, and was told; backfills take as long as they take.
with expected as (
    select
        listed.object_name,
        listed.dag_id,
        listed.due_at
    from unnest({{ "objects" | bound }}::text[], {{ "dag_ids" | bound }}::text[], {{ "dues" | bound }}::timestamptz[])
        as listed (object_name, dag_id, due_at)
),

last_tries as (
    select distinct on (landings.object_name, landings.company_code)
        landings.object_name,
        landings.company_code,
        landings.dag_id,
        landings.run_id,
        landings.state in ('landing', 'landed', 'checked') as is_at_work,
        -- Whoever is at work on a landing holds a lock of its number (warehouse/pieces.py).
        landings.state = 'landing' and not exists (
            select 1
            from pg_locks
            where
                pg_locks.locktype = 'advisory'
                and pg_locks.classid = {{ "landing_lock" | bound }}::oid
                and pg_locks.objid = mod(landings.landing_id, 2147483648)::oid
                and pg_locks.objsubid = 2
                and pg_locks.granted
                and pg_locks.database = (
                    select pg_database.oid
                    from pg_database
                    where pg_database.datname = current_database()
                )
        ) as is_waiting,
        landings.started_at
    from sync.landings as landings
    inner join expected
        on landings.object_name = expected.object_name and landings.dag_id = expected.dag_id
    where landings.company_code = any({{ "companies" | bound }}::text[])
    order by landings.object_name asc, landings.company_code asc, landings.landing_id desc
),

-- When a sync of the whole company last began, by its own DAG. One that was never synced whole is not waited for.
whole as (
    select
        landings.object_name,
        landings.company_code,
        max(landings.started_at) as began_at
    from sync.landings as landings
    inner join expected
        on landings.object_name = expected.object_name and landings.dag_id = expected.dag_id
    where
        landings.company_code = any({{ "companies" | bound }}::text[])
        and landings.scope -> 'jobs' = '[]'
        and landings.scope -> 'months' = '[]'
    group by landings.object_name, landings.company_code
),

late as (
    select
        object_name,
        company_code,
        dag_id,
        run_id,
        started_at as since,
        is_waiting
    from last_tries
    where is_at_work and started_at < {{ "ended_by" | bound }}::timestamptz
    union all
    select
        whole.object_name,
        whole.company_code,
        expected.dag_id,
        null as run_id,
        expected.due_at as since,
        false as is_waiting
    from whole
    inner join expected on whole.object_name = expected.object_name
    inner join last_tries
        on whole.object_name = last_tries.object_name and whole.company_code = last_tries.company_code
    inner join sync.watched on whole.object_name = watched.object_name
    where
        whole.began_at < expected.due_at
        and watched.since <= expected.due_at
        -- One that is at work since before it was due is told as such, or is not late yet.
        and not last_tries.is_at_work
        -- A run that failed before it read anything has left no other trace, and people know of it.
        and not exists (
            select 1
            from sync.told_failures
            where told_failures.dag_id = expected.dag_id
        )
)

select
    late.*,
    told_late.told_at is not null as is_notified
from late
left join sync.told_late
    on late.object_name = told_late.object_name and late.company_code = told_late.company_code
order by late.object_name, late.company_code
