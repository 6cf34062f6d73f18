-- What became of the records that one run of an export collected, as far as they are where it left them.
select
    company_code,
    state::text as state,
    count(*) as records
from export.queue
where
    object_name = {{ "object_name" | bound }}
    and run_id = {{ "run_id" | bound }}
group by company_code, state
order by company_code, state
