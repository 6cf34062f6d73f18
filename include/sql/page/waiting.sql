-- Records that wait for an approver, with the task instance that asked: whether it still does, Airflow says.
select
    queue.object_name,
    queue.company_code,
    queue.project_id,
    queue.record_id,
    queue.changed_at,
    queue.asks_dag_id,
    queue.asks_run_id,
    queue.asks_task_id,
    queue.asks_map_index
from export.queue
where
    queue.state = 'waiting'
    and queue.object_name = any({{ "objects" | bound }})
    and queue.company_code = any({{ "companies" | bound }})
    and ({{ "project" | bound }}::text is null or queue.project_id = {{ "project" | bound }}::text)
order by queue.changed_at asc
limit {{ "limit" | bound }}
