-- The sums of the WIP schedule, by job and month end, as known now and as known when the month was closed. What the company
-- does not show, or had not been read whole at that moment, is null.
-- A site may show invoices only; or applications only: then of a job without one nobody knows what is billed.
{% set billings_known = "(knowledge.invoices_known or knowledge.applications_known and coalesce(streams.has_applications, false))" %}
create temporary table _wip_by_month on commit drop as
with moments as (
    select distinct
        known,
        moment
    from _wip_points
),

knowledge as (
    select
        moments.known,
        moments.moment,
        coalesce(bool_or(since.table_name = 'jobs'), false) as jobs_known,
        coalesce(bool_or(since.table_name = 'job_cost_transactions'), false) as costs_known,
        coalesce(bool_or(since.table_name = 'budgets'), false) as budgets_known,
        coalesce(bool_or(since.table_name = 'prime_contracts'), false) as contracts_known,
        count(*) filter (
            where
            since.table_name in ('change_requests', 'change_request_revenues', 'change_request_statuses')
        ) = 3
        -- A site need not show which job and number revenue is of.
        and not exists (
            select 1 from history.change_request_revenues_versions as revenue
            where
                revenue.company_code = {{ "company_code" | bound }}
                and '' in (revenue.job_number, revenue.change_request_number)
                and revenue._valid_from <= moments.moment
                and (revenue._valid_to > moments.moment or revenue._valid_to is null)
        ) as changes_known,
        coalesce(bool_or(since.table_name = 'billing_applications'), false) as applications_known,
        coalesce(bool_or(since.table_name = 'receivable_invoices'), false) as invoices_known
    from moments
    left join marts.known_since as since
        on
            since.company_code = {{ "company_code" | bound }}
            and moments.moment >= since.known_since
    group by moments.known, moments.moment
),

jobs as (
    select
        jobs.known,
        jobs.moment,
        jobs.job_number,
        jobs.first_day,
        job.job_description,
        job.division,
        job.project_manager,
        job.status_code,
        job.complete_date,
        job.price_method_code
    from _wip_jobs as jobs
    left join history.jobs_versions as job
        on
            job.company_code = {{ "company_code" | bound }}
            and jobs.job_number = job.job_number
            and jobs.moment >= job._valid_from
            and (jobs.moment < job._valid_to or job._valid_to is null)
),

costs as (
    select
        known,
        moment,
        job_number,
        month,
        sum(amount) over job as cost_to_date,
        lead(month) over job as next_month
    from _wip_posted
    window job as (partition by known, moment, job_number order by month asc)
),

changes as (
    select
        points.known,
        points.moment,
        points.month_end,
        change.job_number,
        sum(change.amount) as approved_changes,
        sum(change.amount) filter (where change.approved_date is null) as undated_changes
    from _wip_points as points
    inner join _wip_changes as change
        on
            points.known = change.known
            and points.moment = change.moment
            and (points.month_end >= change.approved_date or change.approved_date is null)
    group by points.known, points.moment, points.month_end, change.job_number
),

streams as (
    select
        known,
        moment,
        job_number,
        count(*) filter (where billed_on is null) as undated_billings,
        bool_or(basis = 'applications') as has_applications
    from _wip_streams
    group by known, moment, job_number
),

figures as (
    select
        points.known,
        points.month_end,
        jobs.job_number,
        jobs.job_description,
        jobs.division,
        jobs.project_manager,
        jobs.status_code,
        jobs.status_code = 'C' and coalesce(jobs.complete_date <= points.month_end, true) as job_complete,
        case when knowledge.contracts_known then coalesce(contract.contracts, 0) end as contracts,
        case when contract.contracts > 0 then contract.price_method_code else jobs.price_method_code end
            as price_method_code,
        case when knowledge.contracts_known then contract.original_contract end as original_contract,
        case when knowledge.changes_known and contract.contracts > 0 then coalesce(changes.approved_changes, 0) end
            as approved_changes,
        case when knowledge.changes_known and contract.contracts > 0 then coalesce(changes.undated_changes, 0) end
            as undated_changes,
        case when billed.printed_contracts = contract.contracts then billed.printed_revised_contract end
            as printed_revised_contract,
        case when knowledge.costs_known then coalesce(costs.cost_to_date, 0) end as cost_to_date,
        case
            when knowledge.costs_known and knowledge.budgets_known and knowledge.jobs_known
                then coalesce(completion.cost_at_completion, 0)
        end as cost_at_completion,
        -- Null where an amount is not shown; 0 where nothing is billed yet.
        case
            when {{ billings_known }} and coalesce(streams.undated_billings, 0) = 0
                then case when billed.job_number is null then 0 else billed.billed_to_date end
        end as billed_to_date,
        case when {{ billings_known }} and coalesce(streams.undated_billings, 0) = 0 then billed.billed_basis end
            as billed_basis,
        case
            when {{ billings_known }} and streams.undated_billings = 0 and streams.has_applications
                then coalesce(billed.work_complete, 0)
        end as work_complete,
        case
            when {{ billings_known }} and coalesce(streams.undated_billings, 0) = 0
                then case when billed.job_number is null then 0 else billed.retainage end
        end as retainage,
        case when {{ billings_known }} then coalesce(streams.undated_billings, 0) end as undated_billings
    from _wip_points as points
    inner join knowledge
        on
            points.known = knowledge.known
            and points.moment = knowledge.moment
    inner join jobs
        on
            points.known = jobs.known
            and points.moment = jobs.moment
            and (points.month_end >= jobs.first_day or jobs.first_day is null)
    left join costs
        on
            points.known = costs.known
            and points.moment = costs.moment
            and jobs.job_number = costs.job_number
            and points.month_end >= costs.month
            and (points.month_end < costs.next_month or costs.next_month is null)
    left join _wip_at_completion as completion
        on
            points.known = completion.known
            and points.moment = completion.moment
            and jobs.job_number = completion.job_number
    left join _wip_contracts as contract
        on
            points.known = contract.known
            and points.moment = contract.moment
            and jobs.job_number = contract.job_number
    left join changes
        on
            points.known = changes.known
            and points.moment = changes.moment
            and points.month_end = changes.month_end
            and jobs.job_number = changes.job_number
    left join streams
        on
            points.known = streams.known
            and points.moment = streams.moment
            and jobs.job_number = streams.job_number
    left join _wip_billed as billed
        on
            points.known = billed.known
            and points.moment = billed.moment
            and points.month_end = billed.month_end
            and jobs.job_number = billed.job_number
),

-- What these replace, and what is no more: months that have left the schedule, and a close that is not known any more.
replaced as (
    select
        stored.job_number,
        stored.month_end,
        stored.known
    from marts.wip_by_month as stored
    left join _wip_months as months on stored.month_end = months.month_end
    where
        stored.company_code = {{ "company_code" | bound }}
        and case stored.known
            when 'then' then months.then_is_due or not months.then_is_known
            else
                months.month_end is null
                or {{ "all_jobs" | bound }}
                or stored.job_number in (select changed.job_number from _wip_changed_jobs as changed)
        end
)

{% set columns = [
    "job_description", "division", "project_manager", "status_code", "job_complete", "contracts", "price_method_code",
    "original_contract", "approved_changes", "undated_changes", "printed_revised_contract", "cost_to_date",
    "cost_at_completion", "billed_to_date", "billed_basis", "work_complete", "retainage", "undated_billings"
] %}
select
    {{ "company_code" | bound }}::text as company_code,
    coalesce(figures.job_number, replaced.job_number) as job_number,
    coalesce(figures.month_end, replaced.month_end) as month_end,
    coalesce(figures.known, replaced.known) as known,
    {{ columns | idents("figures") }},
    figures.job_number is null as is_gone
from figures
full join replaced
    on
        figures.job_number = replaced.job_number
        and figures.month_end = replaced.month_end
        and figures.known = replaced.known
union all
-- Older than the schedule: kept as known then.
select
    kept.company_code,
    kept.job_number,
    kept.month_end,
    kept.known,
    {{ columns | idents("kept") }},
    false as is_gone
from marts.wip_by_month as kept
where
    {{ "whole" | bound }}
    and kept.company_code = {{ "company_code" | bound }}
    and kept.known = 'then'
    and kept.month_end < (select min(months.month_end) from _wip_months as months)
