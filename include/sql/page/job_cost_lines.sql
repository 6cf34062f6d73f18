-- Budget and cost of a job by phase and cost type.
select
    summary.phase_code,
    summary.cost_type,
    summary.description,
    summary.original_estimate,
    summary.estimate_adjustments,
    summary.approved_changes,
    summary.current_estimate,
    summary.committed_cost,
    summary.actual_cost,
    summary.transactions,
    summary.projected_cost,
    summary.projection_entered,
    summary.cost_at_completion,
    summary.cost_floor_used,
    summary.job_complete,
    summary.variance,
    summary.percent_complete
from marts.job_cost_summary as summary
where
    summary.company_code = {{ "company" | bound }}
    and summary.job_number = {{ "job" | bound }}
order by summary.phase_code, summary.cost_type
