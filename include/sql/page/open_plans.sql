-- The open plans: when they were made, how many writing calls what is left of them takes, and the limit of calls that
-- Procore last reported. One call takes a batch of rows; a record that is inactive in Procore takes one more, and so
-- does a new one of which a field is set afterwards. What the looks at Procore cost is counted apart.
select
    plans.plan_id,
    plans.object_name,
    plans.company_code,
    plans.narrowed,
    plans.made_at,
    plans.looked_at,
    plans.planned_calls,
    plans.asks_run_id,
    pending.rows_left,
    -- What is only linked takes none.
    coalesce(
        ceil(pending.rows_left::numeric / ({{ "batches" | bound }}::jsonb ->> plans.object_name)::integer)::bigint, 0
    )
    + pending.inactive + pending.set_afterwards as calls_left,
    looks.calls as look_calls,
    looks.whole_at,
    looks.whole_calls,
    reported.calls as limit_calls,
    reported.seconds as limit_seconds,
    reported.reported_at as limit_reported_at
from procore.plans
left join lateral (
    select
        count(*) as rows_left,
        count(*) filter (where plan_rows.kind = 'link' and plan_rows.before ->> 'is_active' = 'false') as inactive,
        count(*) filter (
            where plan_rows.kind = 'create' and plan_rows.after ?| afterwards.fields
        ) as set_afterwards
    from procore.plan_rows
    cross join (
        select coalesce(array_agg(field.name), '{}') as fields
        from jsonb_array_elements_text({{ "afterwards" | bound }}::jsonb -> plans.object_name) as field (name)
    ) as afterwards
    where
        plan_rows.plan_id = plans.plan_id
        and plan_rows.kind in ('create', 'link', 'take over', 'update', 'undo')
        and plan_rows.state in ('ready', 'suggested', 'accepted', 'applying', 'unknown')
) as pending on true
left join procore.looks
    on
        plans.object_name = looks.object_name
        and plans.company_code = looks.company_code
left join (
    {% include "imports/narrowest_limits.sql" %}
) as reported on looks.procore_company_id = reported.procore_company_id
where
    plans.state = 'open'
    and plans.object_name = any({{ "objects" | bound }})
    and plans.company_code = any({{ "companies" | bound }})
order by plans.object_name, plans.company_code
