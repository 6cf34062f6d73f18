-- What Procore holds otherwise of one record than it was exported, in the order in which it was found.
select
    drift.field,
    drift.exported,
    drift.held,
    drift.message,
    drift.remedy,
    drift.first_seen_at,
    drift.last_seen_at
from export.drift
where
    drift.resolved_at is null
    and drift.object_name = {{ "object" | bound }}
    and drift.company_code = {{ "company" | bound }}
    and drift.record_id = {{ "record" | bound }}
order by drift.drift_id
