-- Phases and cost types whose projection by its increments is not the one that GetPhase gives, which is the truth where
-- it is read. Where Spectrum works the projection out itself, from unit costs, the increments need not say so.
select
    entered.job_number,
    entered.phase_code,
    entered.cost_type,
    entered.projected_cost as by_increments,
    total.projected_cost as by_get_phase,
    total.projected_cost - coalesce(entered.projected_cost, 0) as difference,
    1 as row_count
from {{ batch }} as entered
inner join {{ staged("job_cost_totals") }} as total
    on
        entered.company_code = total.company_code
        and entered.job_number = total.job_number
        and entered.phase_code = total.phase_code
        and entered.cost_type = total.cost_type
left join {{ slice("budgets") }} as budget
    on
        entered.company_code = budget.company_code
        and entered.job_number = budget.job_number
        and entered.phase_code = budget.phase_code
        and entered.cost_type = budget.cost_type
where
    total._deleted_at is null
    and total.projected_cost is not null
    and total.projected_cost <> coalesce(entered.projected_cost, 0)
    and budget.projection_worked_out is not true
