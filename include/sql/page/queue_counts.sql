-- How many records are in each state.
select
    queue.object_name,
    queue.state,
    count(*) as records
from export.queue
where
    queue.object_name = any({{ "objects" | bound }})
    and queue.company_code = any({{ "companies" | bound }})
    and ({{ "project" | bound }}::text is null or queue.project_id = {{ "project" | bound }}::text)
group by queue.object_name, queue.state
