-- The WIP schedule at a month end, as known then or now, with how the profit at completion has faded between both.
with fade as (
    select
        company_code,
        job_number,
        gross_profit_at_completion_then,
        gross_profit_at_completion_now,
        fade
    from marts.wip_fade
    where
        company_code = any({{ "companies" | bound }})
        and month_end = {{ "month_end" | bound }}
)

select
    wip.company_code,
    wip.job_number,
    wip.job_description,
    wip.status_code,
    wip.job_complete,
    wip.is_known,
    wip.has_contract,
    wip.contracts,
    wip.price_method_code,
    wip.price_method,
    wip.original_contract,
    wip.approved_changes,
    wip.revised_contract,
    wip.cost_at_completion,
    wip.gross_profit_at_completion,
    wip.gross_profit_percent,
    wip.cost_to_date,
    wip.percent_complete,
    wip.earned_basis,
    wip.earned_revenue,
    wip.billed_to_date,
    wip.over_under_billed,
    wip.over_billed,
    wip.under_billed,
    wip.gross_profit_to_date,
    wip.loss_provision,
    wip.backlog,
    wip.retainage,
    fade.gross_profit_at_completion_then,
    fade.gross_profit_at_completion_now,
    fade.fade,
    wip.not_known_because
from marts.wip_schedule as wip
left join fade
    on
        wip.company_code = fade.company_code
        and wip.job_number = fade.job_number
where
    wip.company_code = any({{ "companies" | bound }})
    and wip.month_end = {{ "month_end" | bound }}
    and wip.known = {{ "known" | bound }}
    and (
        {{ "search" | bound }}::text is null
        or strpos(
            lower(concat_ws(' ', wip.job_number, wip.job_description)),
            lower({{ "search" | bound }}::text)
        ) > 0
    )
    and (
        {{ "complete" | bound }}::boolean is null
        or coalesce(wip.job_complete, false) = {{ "complete" | bound }}::boolean
    )
order by wip.company_code, wip.job_number
