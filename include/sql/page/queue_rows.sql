-- Records in some states, the last changed first, continued after one of them. Those that are complete can be accepted
-- as their form proposes: the export said so when it asked.
select
    queue.object_name,
    queue.company_code,
    queue.project_id,
    queue.record_id,
    queue.title,
    queue.state,
    queue.broken,
    queue.reason,
    queue.asks_dag_id,
    queue.asks_run_id,
    queue.asks_task_id,
    queue.asks_map_index,
    queue.first_seen_at,
    queue.changed_at,
    queue.project_name,
    coalesce((queue.shown ->> 'complete')::boolean, false) as complete,
    queue.shown -> 'proposed' as proposed,
    queue.shown -> 'totals' as totals,
    ledger.spectrum_key,
    ledger.decision,
    ledger.answered_by_name,
    ledger.answered_at,
    concat_ws('/', queue.object_name, queue.company_code, queue.project_id, queue.record_id) as record_key
from export.queue
left join export.ledger on queue.attempt_id = ledger.attempt_id
where
    queue.object_name = any({{ "objects" | bound }})
    and queue.company_code = any({{ "companies" | bound }})
    and queue.state = any({{ "states" | bound }})
    and ({{ "project" | bound }}::text is null or queue.project_id = {{ "project" | bound }}::text)
    and ({{ "search" | bound }}::text is null or strpos(lower(queue.title), lower({{ "search" | bound }}::text)) > 0)
    and (not {{ "complete" | bound }}::boolean or coalesce((queue.shown ->> 'complete')::boolean, false))
    and (
        {{ "after_time" | bound }}::timestamptz is null
        or (
            queue.changed_at,
            concat_ws('/', queue.object_name, queue.company_code, queue.project_id, queue.record_id)
        ) < ({{ "after_time" | bound }}::timestamptz, {{ "after_key" | bound }}::text)
    )
order by queue.changed_at desc, record_key desc
limit {{ "limit" | bound }}
