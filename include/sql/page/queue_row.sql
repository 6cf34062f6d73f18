-- One record: what would be written, and who asks.
select
    queue.object_name,
    queue.company_code,
    queue.project_id,
    queue.record_id,
    queue.title,
    queue.state,
    queue.broken,
    queue.reason,
    queue.shown,
    queue.attempt_id,
    queue.asks_dag_id,
    queue.asks_run_id,
    queue.asks_task_id,
    queue.asks_map_index,
    queue.first_seen_at,
    queue.changed_at
from export.queue
where
    queue.object_name = {{ "object" | bound }}
    and queue.company_code = {{ "company" | bound }}
    and queue.project_id = {{ "project" | bound }}
    and queue.record_id = {{ "record" | bound }}
