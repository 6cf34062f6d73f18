-- Records that were accepted and are not done, with the task instance that was to send each, and whether somebody
-- works on it at this moment. An accountant who reads "on its way" waits: that must not be said of a record which
-- nobody sends.
select
    queue.object_name,
    queue.company_code,
    queue.project_id,
    queue.record_id,
    queue.title,
    queue.state::text as state,
    queue.changed_at,
    ledger.run_id as sent_run_id,
    ledger.map_index as sent_map_index,
    exists(
        select 1
        from pg_locks
        where
            pg_locks.locktype = 'advisory'
            and pg_locks.database = (
                select pg_database.oid
                from pg_database
                where pg_database.datname = current_database()
            )
            and pg_locks.classid = {{ "send_lock" | bound }}::int::oid
            and pg_locks.objid = hashtext(
                concat_ws('/', queue.object_name, queue.company_code, queue.project_id, queue.record_id)
            )::oid
            and pg_locks.granted
    ) as is_locked
from export.queue
left join export.ledger on queue.attempt_id = ledger.attempt_id
where
    queue.state in ('sending', 'unknown', 'sent', 'confirmed')
    and queue.object_name = any({{ "objects" | bound }})
    and queue.company_code = any({{ "companies" | bound }})
    and ({{ "project" | bound }}::text is null or queue.project_id = {{ "project" | bound }}::text)
    and ({{ "record" | bound }}::text is null or queue.record_id = {{ "record" | bound }}::text)
order by queue.changed_at asc
limit {{ "limit" | bound }}
