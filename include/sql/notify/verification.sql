-- What the daily comparison with the source found wrong in one Airflow run.
select
    table_name,
    company_code,
    message,
    remedy,
    cause,
    column_names
from sync.checks
where
    landing_id is null
    and run_id = {{ "run_id" | bound }}
    and status = 'failed'
order by table_name, company_code
