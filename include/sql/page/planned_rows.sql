-- The rows of open plans, and what became of accepted rows whatever plan they were applied by; never those of dry runs.
-- What a row does: its kind; a match that is not certain, one that is taken over and has to be looked at, and a change
-- of what was edited in Procore, apart.
select
    plan_rows.row_id,
    plan_rows.object_name,
    plan_rows.company_code,
    plan_rows.spectrum_key,
    plan_rows.title,
    plan_rows.record_title,
    plan_rows.state,
    plan_rows.score,
    plan_rows.changed_at,
    plans.state = 'open' as is_current,
    case
        when plan_rows.state = 'suggested' and plan_rows.kind = 'link' then 'suggested'
        when plan_rows.state = 'suggested' and plan_rows.kind = 'take over' then 'unsure'
        when plan_rows.kind = 'create' then 'create'
        when plan_rows.state = 'suggested' then 'conflict'
        else plan_rows.kind
    end as does
from procore.plan_rows
inner join procore.plans on plan_rows.plan_id = plans.plan_id
where
    plan_rows.object_name = any({{ "objects" | bound }})
    and plan_rows.company_code = any({{ "companies" | bound }})
    and plan_rows.state = any({{ "states" | bound }})
    and (plans.state = 'open' or (plans.state = 'replaced' and plan_rows.state in ('applied', 'failed', 'put back')))
    and (
        {{ "search" | bound }}::text is null
        or strpos(
            lower(concat_ws(' ', plan_rows.spectrum_key, plan_rows.title, plan_rows.record_id, plan_rows.record_title)),
            lower({{ "search" | bound }}::text)
        ) > 0
    )
