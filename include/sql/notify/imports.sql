-- Where the rows stand that one run has written into Procore.
select
    plan_rows.company_code,
    plan_rows.state,
    count(*) as records
from procore.plan_rows
where
    plan_rows.row_id in (
        select calls.row_id from procore.calls
        where calls.dag_id = {{ "dag_id" | bound }} and calls.run_id = {{ "run_id" | bound }}
    )
group by plan_rows.company_code, plan_rows.state
order by plan_rows.company_code, plan_rows.state
