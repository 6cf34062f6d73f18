-- The rows of open plans, and what became of accepted rows whatever plan they were applied by; never those of dry runs.
-- What was undone is left out from that moment on, also before the next plan has a row that says so. What a row does:
-- its kind; apart from that a match that is not certain, one that is taken over and has to be looked at, and a change
-- of what was edited in Procore.
with standing as (
    select
        plan_rows.*,
        plan_rows.state as stands
    from procore.plan_rows
    where
        plan_rows.object_name = any({{ "objects" | bound }})
        and plan_rows.company_code = any({{ "companies" | bound }})
        and plan_rows.state = any({{ "states" | bound }})
    union all
    select
        plan_rows.*,
        'left out' as stands
    from procore.plan_rows
    inner join procore.left_out
        on
            plan_rows.object_name = left_out.object_name
            and plan_rows.company_code = left_out.company_code
            and plan_rows.spectrum_key = left_out.spectrum_key
    where
        'left out' = any({{ "states" | bound }})
        and plan_rows.object_name = any({{ "objects" | bound }})
        and plan_rows.company_code = any({{ "companies" | bound }})
        and plan_rows.kind = 'undo'
        and plan_rows.state = 'applied'
        and not exists (
            select from procore.plan_rows as later
            where
                later.object_name = plan_rows.object_name
                and later.company_code = plan_rows.company_code
                and later.spectrum_key = plan_rows.spectrum_key
                and (later.state = 'left out' or (later.kind = 'undo' and later.state = 'applied'))
                and later.row_id > plan_rows.row_id
        )
)

select
    standing.row_id,
    standing.object_name,
    standing.company_code,
    standing.spectrum_key,
    standing.title,
    standing.record_title,
    standing.stands as state,
    standing.score,
    standing.changed_at,
    plans.state = 'open' as is_current,
    case
        when standing.state = 'suggested' and standing.kind = 'link' then 'suggested'
        when standing.state = 'suggested' and standing.kind = 'take over' then 'unsure'
        when standing.kind = 'create' then 'create'
        when standing.state = 'suggested' then 'conflict'
        else standing.kind
    end as does
from standing
inner join procore.plans on standing.plan_id = plans.plan_id
where
    (
        plans.state = 'open'
        or (plans.state = 'replaced' and standing.state in ('applied', 'failed', 'put back'))
    )
    and (
        {{ "run" | bound }}::text is null
        or exists (
            select from procore.calls
            where calls.row_id = standing.row_id and calls.run_id = {{ "run" | bound }}::text
        )
    )
    and (
        {{ "search" | bound }}::text is null
        or strpos(
            lower(concat_ws(' ', standing.spectrum_key, standing.title, standing.record_id, standing.record_title)),
            lower({{ "search" | bound }}::text)
        ) > 0
    )
