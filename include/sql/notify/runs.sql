-- What became of each table of one Airflow run, by its last landing; how many rows it newly rejected.
select distinct on (runs.table_name, runs.company_code)
    runs.object_name,
    runs.table_name,
    runs.company_code,
    runs.state,
    runs.new_rows,
    runs.changed_rows,
    runs.deleted_rows,
    runs.rejected_rows,
    runs.deferred_rows,
    runs.message,
    runs.remedy,
    runs.cause,
    runs.connection,
    runs.subject,
    (
        select count(*)
        from sync.rejected_rows as rejected
        where
            rejected.landing_id = runs.landing_id
            and rejected.table_name = runs.table_name
            and rejected.rejected_at >= runs.read_at
            and rejected.resolved_at is null
    ) as newly_rejected
from sync.runs as runs
where
    runs.dag_id = {{ "dag_id" | bound }}
    and runs.run_id = {{ "run_id" | bound }}
order by runs.table_name, runs.company_code, runs.landing_id desc
