-- Why a person must look: the rows of one run that Procore refused, which come first, those of which Procore holds
-- something else than was sent, and those that the run left on their way.
with called as (
    select distinct on (calls.row_id)
        calls.row_id,
        calls.differs
    from procore.calls
    where calls.dag_id = {{ "dag_id" | bound }} and calls.run_id = {{ "run_id" | bound }}
    order by calls.row_id, calls.call_id desc
)

select
    plan_rows.object_name,
    plan_rows.company_code,
    plan_rows.spectrum_key,
    plan_rows.title,
    plan_rows.state,
    plan_rows.reason,
    plan_rows.remedy,
    plan_rows.field,
    (select array_agg(held.key order by held.key) from jsonb_each(called.differs) as held) as differing
from called
inner join procore.plan_rows on called.row_id = plan_rows.row_id
where
    plan_rows.state in ('failed', 'unknown', 'applying')
    or called.differs is not null
order by plan_rows.state != 'failed', called.differs is null, plan_rows.company_code, plan_rows.spectrum_key
