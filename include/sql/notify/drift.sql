-- Differences between source and spec that one Airflow run saw first. Those that were known are not told again.
select
    drift.table_name,
    drift.company_code,
    drift.source_name,
    drift.column_name,
    drift.change,
    drift.detail
from sync.drift as drift
inner join sync.landings as landings on drift.landing_id = landings.landing_id
where
    landings.dag_id = {{ "dag_id" | bound }}
    and landings.run_id = {{ "run_id" | bound }}
    and drift.resolved_at is null
    and drift.first_seen_at >= landings.started_at
order by drift.table_name, drift.company_code, drift.source_name, drift.column_name
