-- Row counts of one Airflow run that are out of the ordinary.
select
    checks.table_name,
    checks.company_code,
    checks.message,
    checks.remedy
from sync.checks as checks
inner join sync.landings as landings on checks.landing_id = landings.landing_id
where
    landings.dag_id = {{ "dag_id" | bound }}
    and landings.run_id = {{ "run_id" | bound }}
    and checks.check_name = 'volume'
    and checks.status = 'warned'
order by checks.table_name, checks.company_code
