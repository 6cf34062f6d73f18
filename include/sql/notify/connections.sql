-- The connections that one Airflow run could not use.
select
    company_code,
    kind,
    connection,
    cause,
    reason,
    remedy
from sync.connections
where
    run_id = {{ "run_id" | bound }}
    and status <> 'Connected'
order by company_code, kind
