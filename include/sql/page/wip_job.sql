-- One row of the WIP schedule, with all that its figures are made of.
select
    wip.job_description,
    wip.status_code,
    wip.job_complete,
    wip.is_known,
    wip.known_at,
    wip.has_contract,
    wip.contracts,
    wip.price_method,
    wip.earned_basis,
    wip.original_contract,
    wip.approved_changes,
    wip.undated_changes,
    wip.revised_contract,
    wip.printed_revised_contract,
    wip.printed_difference,
    wip.cost_to_date,
    wip.cost_at_completion,
    wip.cost_to_complete,
    wip.percent_complete,
    wip.earned_revenue,
    wip.billed_to_date,
    wip.billed_basis,
    wip.over_under_billed,
    wip.retainage,
    wip.gross_profit_to_date,
    wip.gross_profit_at_completion,
    wip.gross_profit_percent,
    wip.loss_provision,
    wip.backlog,
    wip.month_end,
    wip.not_known_because,
    coalesce(wip.known_at, 'infinity')::text as moment
from marts.wip_schedule as wip
where
    wip.company_code = {{ "company" | bound }}
    and wip.job_number = {{ "job" | bound }}
    and wip.month_end = {{ "month_end" | bound }}
    and wip.known = {{ "known" | bound }}
