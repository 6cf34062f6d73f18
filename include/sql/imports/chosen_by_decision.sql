-- What was accepted, or is under way, keeps the record that was accepted.
insert into _chosen (spectrum_key, record_id, score, attributes, exact, tied, candidates, by_erp_id)
select
    plan_rows.spectrum_key,
    plan_rows.record_id,
    plan_rows.score,
    plan_rows.attributes,
    plan_rows.exact,
    plan_rows.tied,
    plan_rows.candidates,
    plan_rows.kind = 'take over' as by_erp_id
from procore.plan_rows
inner join procore.plans on plan_rows.plan_id = plans.plan_id
where
    plans.object_name = {{ "object" | bound }}
    and plans.company_code = {{ "company" | bound }}
    and plans.state = 'open'
    and plan_rows.state in ('accepted', 'applying', 'unknown', 'waiting for permission')
    and plan_rows.kind in ('create', 'link', 'take over')
    and not exists (select from _chosen as chosen where chosen.spectrum_key = plan_rows.spectrum_key)
