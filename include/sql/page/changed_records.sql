-- How many exported records Procore holds otherwise than they were exported, though they may no longer change.
select count(*) as records
from (
    select distinct
        drift.object_name,
        drift.company_code,
        drift.record_id
    from export.drift
    where
        drift.resolved_at is null
        and drift.object_name = any({{ "objects" | bound }})
        and drift.company_code = any({{ "companies" | bound }})
        and ({{ "project" | bound }}::text is null or drift.project_id = {{ "project" | bound }}::text)
) as changed
