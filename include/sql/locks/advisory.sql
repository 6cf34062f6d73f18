-- Who holds an advisory lock. Any login of a database may take one, so the holder need not be one of our tasks.
select
    locks.pid,
    activity.usename as login,
    activity.application_name as program
from pg_locks as locks
left join pg_stat_activity as activity on locks.pid = activity.pid
where
    locks.locktype = 'advisory'
    and locks.granted
    and locks.database = (
        select databases.oid
        from pg_database as databases
        where databases.datname = current_database()
    )
    and locks.classid = {{ "first" | bound }}::oid
    and locks.objid = {{ "second" | bound }}::oid
    and locks.objsubid = {{ "kind" | bound }}
order by locks.pid
