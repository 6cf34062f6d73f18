-- Who holds a lock on one of our tables that something else waits for, or that only writing takes; the strongest first.
select distinct on (locks.pid)
    locks.pid,
    activity.usename as login,
    activity.application_name as program,
    namespaces.nspname || '.' || relations.relname as relation
from pg_locks as locks
inner join pg_class as relations on locks.relation = relations.oid
inner join pg_namespace as namespaces on relations.relnamespace = namespaces.oid
left join pg_stat_activity as activity on locks.pid = activity.pid
where
    locks.granted
    and locks.pid <> pg_backend_pid()
    and locks.database = (
        select databases.oid
        from pg_database as databases
        where databases.datname = current_database()
    )
    and namespaces.nspname in ('sync', 'landing', 'spectrum', 'history', 'export', 'marts', 'procore')
order by locks.pid asc, locks.mode = 'AccessExclusiveLock' desc, locks.mode like '%Exclusive%' desc, relation asc
limit 5
