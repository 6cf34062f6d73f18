-- Differences between source and spec that nobody was told of, of the objects that one Airflow run looked at. Not only
-- those that this run saw first: an earlier try, a backfill or a message that was not delivered may have left them.
select
    drift.drift_id,
    drift.table_name,
    drift.company_code,
    drift.source_name,
    drift.column_name,
    drift.change,
    drift.detail
from sync.drift as drift
where
    drift.told_at is null
    and drift.resolved_at is null
    and exists (
        select 1
        from sync.landings as landings
        where
            landings.dag_id = {{ "dag_id" | bound }}
            and landings.run_id = {{ "run_id" | bound }}
            and landings.object_name = drift.object_name
            and landings.company_code = drift.company_code
    )
order by drift.table_name, drift.company_code, drift.source_name, drift.column_name
