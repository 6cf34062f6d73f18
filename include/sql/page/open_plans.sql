-- The open plans: when they were made, how many writing calls what is left of them takes, and how long one of the last
-- calls took. One call takes a batch of rows; a record that is inactive in Procore takes one more.
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
    + pending.inactive as calls_left,
    lately.seconds_a_call
from procore.plans
left join lateral (
    select
        count(*) as rows_left,
        count(*) filter (where plan_rows.kind = 'link' and plan_rows.before ->> 'is_active' = 'false') as inactive
    from procore.plan_rows
    where
        plan_rows.plan_id = plans.plan_id
        and plan_rows.kind in ('create', 'link', 'take over', 'update', 'undo')
        and plan_rows.state in ('ready', 'suggested', 'accepted', 'applying', 'unknown')
) as pending on true
left join lateral (
    -- The middle one: a call that was looked up after a kill counts its wait as well.
    select percentile_cont(0.5) within group (order by last_calls.seconds) as seconds_a_call
    from (
        select extract(epoch from calls.answered_at - calls.intent_at) as seconds
        from procore.calls
        where
            calls.object_name = plans.object_name
            and calls.company_code = plans.company_code
            and calls.answered_at is not null
        order by calls.call_id desc
        limit 1000
    ) as last_calls
) as lately on true
where
    plans.state = 'open'
    and plans.object_name = any({{ "objects" | bound }})
    and plans.company_code = any({{ "companies" | bound }})
order by plans.object_name, plans.company_code
