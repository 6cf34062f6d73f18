-- Exports that wait for somebody.
select
    object_name,
    company_code,
    state::text as state,
    count(*) as records,
    min(changed_at) as since
from export.queue
where state in ('waiting', 'ready', 'unknown', 'failed')
group by object_name, company_code, state
order by company_code, object_name, state
