-- Runs that have written into Procore, the last first: what each has done, by kind; how much of that was undone since,
-- how much still can be, and how much is planned to be.
with called as (
    select
        calls.*,
        undone.call_id is not null as is_undone
    from procore.calls
    left join lateral (
        select later.call_id
        from procore.calls as later
        where
            later.object_name = calls.object_name
            and later.company_code = calls.company_code
            and later.spectrum_key = calls.spectrum_key
            and later.record_id = calls.record_id
            and later.kind = 'undo'
            and later.state = 'applied'
            and later.call_id > calls.call_id
        order by later.call_id
        limit 1
    ) as undone on true
    where
        calls.object_name = any({{ "objects" | bound }})
        and calls.company_code = any({{ "companies" | bound }})
        and ({{ "run" | bound }}::text is null or calls.run_id = {{ "run" | bound }}::text)
),

kinds as (
    select
        called.object_name,
        called.company_code,
        called.dag_id,
        called.run_id,
        called.kind,
        min(called.intent_at) as began_at,
        max(coalesce(called.answered_at, called.intent_at)) as ended_at,
        count(distinct called.row_id) filter (where called.state = 'applied') as applied,
        count(distinct called.row_id) filter (where called.state = 'refused') as refused,
        count(distinct called.row_id) filter (
            where called.state = 'applied' and called.differs is not null
        ) as differing,
        count(distinct called.record_id) filter (
            where called.state = 'applied' and called.kind not in ('undo', 'reactivate') and not called.is_undone
        ) as undoable,
        count(distinct called.record_id) filter (
            where called.state = 'applied' and called.kind not in ('undo', 'reactivate') and called.is_undone
        ) as undone,
        array_agg(distinct called.decided_by_name) filter (where called.decided_by_name is not null) as deciders
    from called
    group by called.object_name, called.company_code, called.dag_id, called.run_id, called.kind
),

runs as (
    select
        kinds.object_name,
        kinds.company_code,
        kinds.dag_id,
        kinds.run_id,
        min(kinds.began_at) as began_at,
        max(kinds.ended_at) as ended_at,
        coalesce(
            jsonb_object_agg(kinds.kind, kinds.applied) filter (
                where kinds.applied > 0 and kinds.kind != 'reactivate'
            ),
            '{}'
        ) as done,
        sum(kinds.refused)::bigint as refused,
        sum(kinds.differing)::bigint as differing,
        sum(kinds.undoable)::bigint as undoable,
        sum(kinds.undone)::bigint as undone
    from kinds
    group by kinds.object_name, kinds.company_code, kinds.dag_id, kinds.run_id
    order by min(kinds.began_at) desc, kinds.run_id desc
    limit {{ "limit" | bound }} offset {{ "offset" | bound }}
)

select
    runs.*,
    planned.undo_rows,
    (
        select string_agg(distinct decider.name, ', ' order by decider.name)
        from kinds
        cross join lateral unnest(kinds.deciders) as decider (name)
        where
            kinds.object_name = runs.object_name
            and kinds.company_code = runs.company_code
            and kinds.run_id = runs.run_id
    ) as decided_by_names
from runs
left join lateral (
    select count(*) as undo_rows
    from procore.plan_rows
    inner join procore.plans on plan_rows.plan_id = plans.plan_id
    where
        plans.state = 'open'
        and plan_rows.object_name = runs.object_name
        and plan_rows.company_code = runs.company_code
        and plan_rows.kind = 'undo'
        and plan_rows.state in ('ready', 'accepted', 'applying', 'unknown', 'waiting for permission')
        and plan_rows.spectrum ->> 'run_id' = runs.run_id
) as planned on true
order by runs.began_at desc, runs.run_id desc
