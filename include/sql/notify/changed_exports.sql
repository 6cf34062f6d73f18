-- Exported records that Procore holds otherwise than they were exported, though they may no longer change (G5, E2).
select
    object_name,
    company_code,
    count(distinct record_id) as records,
    min(first_seen_at) as since
from export.drift
where
    resolved_at is null
    and company_code = any({{ "companies" | bound }})
group by object_name, company_code
order by company_code, object_name
