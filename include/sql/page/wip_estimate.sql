-- Cost at completion of a job by phase and cost type as known at a moment, as the marts decide it. Each row carries the
-- total of all of them.
{% import "marts/cost_at_completion.sql" as completion %}
with budgets as (
    select
        phase_code,
        cost_type,
        current_estimate,
        projection_worked_out
    from history.budgets_versions
    where
        company_code = {{ "company" | bound }}
        and job_number = {{ "job" | bound }}
        and _valid_from <= {{ "moment" | bound }}::timestamptz
        and (_valid_to > {{ "moment" | bound }}::timestamptz or _valid_to is null)
),

job_cost_totals as (
    select
        phase_code,
        cost_type,
        projected_cost
    from history.job_cost_totals_versions
    where
        company_code = {{ "company" | bound }}
        and job_number = {{ "job" | bound }}
        and _valid_from <= {{ "moment" | bound }}::timestamptz
        and (_valid_to > {{ "moment" | bound }}::timestamptz or _valid_to is null)
),

projections as (
    select
        phase_code,
        cost_type,
        projected_cost
    from history.projections_versions
    where
        company_code = {{ "company" | bound }}
        and job_number = {{ "job" | bound }}
        and _valid_from <= {{ "moment" | bound }}::timestamptz
        and (_valid_to > {{ "moment" | bound }}::timestamptz or _valid_to is null)
),

job as (
    select coalesce(bool_or(status_code = 'C'), false) as job_complete
    from history.jobs_versions
    where
        company_code = {{ "company" | bound }}
        and job_number = {{ "job" | bound }}
        and _valid_from <= {{ "moment" | bound }}::timestamptz
        and (_valid_to > {{ "moment" | bound }}::timestamptz or _valid_to is null)
),

spent as (
    select
        phase_code,
        cost_type,
        sum(tran_amount) as actual_cost
    from history.job_cost_transactions_versions
    where
        company_code = {{ "company" | bound }}
        and job_number = {{ "job" | bound }}
        and _valid_from <= {{ "moment" | bound }}::timestamptz
        and (_valid_to > {{ "moment" | bound }}::timestamptz or _valid_to is null)
    group by phase_code, cost_type
),

codes as (
    select
        phase_code,
        cost_type
    from spent
    union
    select
        phase_code,
        cost_type
    from budgets
    union
    select
        phase_code,
        cost_type
    from job_cost_totals
    union
    select
        phase_code,
        cost_type
    from projections
),

joined as (
    select
        codes.phase_code,
        codes.cost_type,
        coalesce(budget.current_estimate, 0) as current_estimate,
        coalesce(spent.actual_cost, 0) as actual_cost,
        {{ completion.entered_projection() }} as entered_projection,
        job.job_complete
    from codes
    cross join job
    left join spent
        on
            codes.phase_code = spent.phase_code
            and codes.cost_type = spent.cost_type
    left join budgets as budget
        on
            codes.phase_code = budget.phase_code
            and codes.cost_type = budget.cost_type
    left join job_cost_totals as total
        on
            codes.phase_code = total.phase_code
            and codes.cost_type = total.cost_type
    left join projections as projection
        on
            codes.phase_code = projection.phase_code
            and codes.cost_type = projection.cost_type
),

{{ completion.at_completion() }}

select
    phase_code,
    cost_type,
    current_estimate,
    actual_cost,
    entered_projection,
    job_complete,
    cost_at_completion as amount,
    sum(cost_at_completion) over () as total
from at_completion
order by phase_code, cost_type
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
