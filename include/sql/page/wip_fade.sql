-- How a job stood at a month end, as known then and as known now.
select
    fade.known_at,
    fade.is_known,
    fade.revised_contract_then,
    fade.revised_contract_now,
    fade.cost_to_date_then,
    fade.cost_to_date_now,
    fade.cost_at_completion_then,
    fade.cost_at_completion_now,
    fade.earned_revenue_then,
    fade.earned_revenue_now,
    fade.billed_to_date_then,
    fade.billed_to_date_now,
    fade.over_under_billed_then,
    fade.over_under_billed_now,
    fade.gross_profit_at_completion_then,
    fade.gross_profit_at_completion_now,
    fade.fade
from marts.wip_fade as fade
where
    fade.company_code = {{ "company" | bound }}
    and fade.job_number = {{ "job" | bound }}
    and fade.month_end = {{ "month_end" | bound }}
