-- Writing calls of old runs into Procore: from then on these runs cannot be undone. A run goes whole, or stays: while
-- it is not read back, while a row of it is in the open plan, and while its undo is planned. An undo stays as long as
-- what it has undone: without it, that would look as if it were there.
with open_rows as (
    select
        plan_rows.row_id,
        plan_rows.spectrum ->> 'run_id' as undoes
    from procore.plan_rows
    inner join procore.plans on plan_rows.plan_id = plans.plan_id
    where plans.state = 'open'
),

runs as (
    select
        calls.dag_id,
        calls.run_id
    from procore.calls
    left join open_rows on calls.row_id = open_rows.row_id
    group by calls.dag_id, calls.run_id
    having
        max(coalesce(calls.answered_at, calls.intent_at))
        < clock_timestamp() - make_interval(days => {{ "days" | bound }})
        and count(open_rows.row_id) = 0
        and not bool_or(calls.state = 'applied' and calls.kind != 'reactivate' and calls.compared_at is null)
),

of_runs as (
    select calls.*
    from procore.calls
    inner join runs on calls.dag_id = runs.dag_id and calls.run_id = runs.run_id
    left join open_rows on calls.run_id = open_rows.undoes
    where open_rows.undoes is null
),

kept as (
    select calls.*
    from procore.calls
    where calls.call_id not in (select of_runs.call_id from of_runs)
),

removed as (
    select of_runs.call_id
    from of_runs
    where
        of_runs.kind != 'undo'
        or not exists (
            select 1
            from kept
            where
                kept.object_name = of_runs.object_name
                and kept.company_code = of_runs.company_code
                and kept.record_id = of_runs.record_id
                and kept.call_id < of_runs.call_id
        )
)

delete from procore.calls
where calls.call_id in (select removed.call_id from removed)
