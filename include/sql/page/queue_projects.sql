-- The projects of the queue by name: as a record of theirs tells it, else as Spectrum calls the job that they are
-- linked to. A forecast, for one, does not tell its project's name.
select
    queue.project_id,
    coalesce(max(queue.project_name), max(jobs.job_description)) as title,
    count(*) as records
from export.queue
left join export.links
    on
        links.object_name = 'jobs'
        and links.unlinked_at is null
        and queue.company_code = links.company_code
        and queue.project_id = links.record_id
left join spectrum.jobs
    on links.company_code = jobs.company_code and links.spectrum_key = jobs.job_number
where
    queue.project_id != ''
    and queue.object_name = any({{ "objects" | bound }})
    and queue.company_code = any({{ "companies" | bound }})
group by queue.project_id
order by title asc nulls last, queue.project_id asc
