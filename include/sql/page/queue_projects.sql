-- The projects of the queue, with their names where the export of jobs knows them.
select
    queue.project_id,
    max(jobs.title) as title,
    count(*) as records
from export.queue
left join export.queue as jobs
    on
        jobs.object_name = 'jobs'
        and queue.company_code = jobs.company_code
        and queue.project_id = jobs.project_id
where
    queue.project_id != ''
    and queue.object_name = any({{ "objects" | bound }})
    and queue.company_code = any({{ "companies" | bound }})
group by queue.project_id
order by max(jobs.title) asc nulls last, queue.project_id asc
