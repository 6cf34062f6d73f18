-- Why a person must look: the records of one run of an export that failed, which come first, or that it left on their
-- way.
select
    company_code,
    title,
    state::text as state,
    reason
from export.queue
where
    object_name = {{ "object_name" | bound }}
    and run_id = {{ "run_id" | bound }}
    and state in ('failed', 'unknown', 'sending', 'sent', 'confirmed')
order by state <> 'failed', company_code, changed_at, record_id
