-- What Spectrum holds about one phase and cost type: the budget with its changes, and the totals with the projection.
select
    budgets.original_estimate,
    budgets.estimate_adjustments,
    budgets.approved_changes,
    budgets.current_estimate,
    budgets.original_hours,
    budgets.current_hours,
    budgets.unit_of_measure,
    budgets._read_at as budget_read_at,
    totals.jtd_cost,
    totals.projected_cost as spectrum_projection,
    totals._read_at as totals_read_at
from (select {{ "phase" | bound }}::text as phase_code, {{ "cost_type" | bound }}::text as cost_type) as wanted
left join spectrum.budgets
    on
        budgets.company_code = {{ "company" | bound }}
        and budgets.job_number = {{ "job" | bound }}
        and wanted.phase_code = budgets.phase_code
        and wanted.cost_type = budgets.cost_type
        and budgets._deleted_at is null
left join spectrum.job_cost_totals as totals
    on
        totals.company_code = {{ "company" | bound }}
        and totals.job_number = {{ "job" | bound }}
        and wanted.phase_code = totals.phase_code
        and wanted.cost_type = totals.cost_type
        and totals._deleted_at is null
