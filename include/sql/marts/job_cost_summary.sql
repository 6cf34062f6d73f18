-- Budget, commitments, cost to date and cost at completion of each phase and cost type. A code that only one of the
-- sources knows is a row too: costs without a budget and budgets without costs are what one looks for.
{% import "marts/cost_at_completion.sql" as completion %}
create temporary table _job_cost_summary on commit drop as
with spent as (
    select
        changed.job_number,
        changed.phase_code,
        changed.cost_type,
        sum(by_month.actual_cost) as actual_cost,
        sum(by_month.actual_hours) as actual_hours,
        sum(by_month.actual_quantity) as actual_quantity,
        sum(by_month.transactions)::bigint as transactions
    from _changed_codes as changed
    inner join marts.job_cost_by_month as by_month
        on
            by_month.company_code = {{ "company_code" | bound }}
            and changed.job_number = by_month.job_number
            and changed.phase_code = by_month.phase_code
            and changed.cost_type = by_month.cost_type
    group by changed.job_number, changed.phase_code, changed.cost_type
),

joined as (
    select
        changed.job_number,
        changed.phase_code,
        changed.cost_type,
        coalesce(code.description, budget.description) as description,
        coalesce(code.status_code, budget.status_code) as status_code,
        coalesce(budget.original_estimate, 0) as original_estimate,
        coalesce(budget.estimate_adjustments, 0) as estimate_adjustments,
        coalesce(budget.approved_changes, 0) as approved_changes,
        coalesce(budget.current_estimate, 0) as current_estimate,
        coalesce(budget.current_hours, 0) as estimated_hours,
        coalesce(spent.actual_cost, 0) as actual_cost,
        coalesce(spent.actual_hours, 0) as actual_hours,
        coalesce(spent.actual_quantity, 0) as actual_quantity,
        coalesce(spent.transactions, 0) as transactions,
        {{ completion.entered_projection() }} as entered_projection,
        case
            when exists (select 1 from _commitments_known) and coalesce(commitments.is_known, true)
                then coalesce(commitments.committed_cost, 0)
        end as committed_cost,
        coalesce(job.status_code = 'C', false) as job_complete,
        num_nonnulls(
            spent.job_number,
            budget.job_number,
            total.job_number,
            projection.job_number,
            code.job_number,
            commitments.job_number
        ) = 0 as is_gone
    from _changed_codes as changed
    left join spent
        on
            changed.job_number = spent.job_number
            and changed.phase_code = spent.phase_code
            and changed.cost_type = spent.cost_type
    left join spectrum.budgets as budget
        on
            budget.company_code = {{ "company_code" | bound }}
            and changed.job_number = budget.job_number
            and changed.phase_code = budget.phase_code
            and changed.cost_type = budget.cost_type
            and budget._deleted_at is null
    left join spectrum.job_cost_totals as total
        on
            total.company_code = {{ "company_code" | bound }}
            and changed.job_number = total.job_number
            and changed.phase_code = total.phase_code
            and changed.cost_type = total.cost_type
            and total._deleted_at is null
    left join spectrum.projections as projection
        on
            projection.company_code = {{ "company_code" | bound }}
            and changed.job_number = projection.job_number
            and changed.phase_code = projection.phase_code
            and changed.cost_type = projection.cost_type
            and projection._deleted_at is null
    left join spectrum.project_cost_codes as code
        on
            code.company_code = {{ "company_code" | bound }}
            and changed.job_number = code.job_number
            and changed.phase_code = code.phase_code
            and changed.cost_type = code.cost_type
            and code._deleted_at is null
    left join spectrum.jobs as job
        on
            job.company_code = {{ "company_code" | bound }}
            and changed.job_number = job.job_number
            and job._deleted_at is null
    left join _committed_codes as commitments
        on
            changed.job_number = commitments.job_number
            and changed.phase_code = commitments.phase_code
            and changed.cost_type = commitments.cost_type
),

{{ completion.at_completion() }}

select
    {{ "company_code" | bound }}::text as company_code,
    job_number,
    phase_code,
    cost_type,
    description,
    status_code,
    original_estimate,
    estimate_adjustments,
    approved_changes,
    current_estimate,
    committed_cost,
    actual_cost,
    actual_hours,
    actual_quantity,
    transactions,
    estimated_hours,
    projected_cost,
    entered_projection is not null as projection_entered,
    cost_at_completion,
    actual_cost > projected_cost as cost_floor_used,
    job_complete,
    current_estimate - actual_cost as remaining,
    current_estimate - cost_at_completion as variance,
    -- Of a credit nothing is complete; of a cost at completion that is not above 0, nothing is a share.
    case
        when cost_at_completion > 0 then round(100 * greatest(actual_cost, 0) / cost_at_completion, 2)
    end as percent_complete,
    round(100 * actual_cost / nullif(current_estimate, 0), 2) as percent_spent,
    is_gone
from at_completion
