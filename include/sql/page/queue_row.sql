-- One record: what would be written, who asks, and what people call its project.
select
    queue.object_name,
    queue.company_code,
    queue.project_id,
    queue.record_id,
    queue.title,
    queue.state,
    queue.broken,
    queue.reason,
    queue.remedy,
    queue.cause,
    queue.shown,
    queue.attempt_id,
    queue.run_id,
    queue.asks_dag_id,
    queue.asks_run_id,
    queue.asks_task_id,
    queue.asks_map_index,
    queue.first_seen_at,
    queue.changed_at,
    ledger.spectrum_key,
    coalesce(queue.project_name, siblings.project_name) as project_name
from export.queue
left join export.ledger on queue.attempt_id = ledger.attempt_id
left join lateral (
    select max(others.project_name) as project_name
    from export.queue as others
    where others.company_code = queue.company_code and others.project_id = queue.project_id
) as siblings on true
where
    queue.object_name = {{ "object" | bound }}
    and queue.company_code = {{ "company" | bound }}
    and queue.project_id = {{ "project" | bound }}
    and queue.record_id = {{ "record" | bound }}
