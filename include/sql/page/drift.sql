-- Where the source's columns differ now from what is known of them.
select
    drift.drift_id,
    drift.object_name,
    drift.table_name,
    drift.company_code,
    drift.reader,
    drift.source_name,
    drift.column_name,
    drift.change,
    drift.detail,
    drift.first_seen_at,
    drift.last_seen_at
from sync.drift
where
    drift.resolved_at is null
    and drift.object_name = any({{ "objects" | bound }})
    and drift.company_code = any({{ "companies" | bound }})
order by drift.first_seen_at desc, drift.drift_id desc
