-- Why a person must look: the records of one run of an export that failed, which come first, those that it left on
-- their way, and those that it was to ask about and did not.
select
    object_name,
    company_code,
    project_id,
    record_id,
    title,
    state::text as state,
    reason,
    remedy,
    cause,
    subject
from export.queue
where
    object_name = {{ "object_name" | bound }}
    and run_id = {{ "run_id" | bound }}
    and (
        state in ('failed', 'unknown', 'sending', 'sent', 'confirmed')
        or (state = 'ready' and cause = 'nobody was asked')
    )
order by state <> 'failed', company_code, changed_at, record_id
