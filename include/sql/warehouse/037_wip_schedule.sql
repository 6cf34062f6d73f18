-- The schedule of work in progress: of each job and month end, as known now and as known when the month was closed.
create table marts.wip_month_ends (
    company_code text collate "C" not null,
    month_end date not null,
    closed_at timestamptz,
    known_since timestamptz,
    then_is_known boolean not null,
    primary key (company_code, month_end)
);

comment on table marts.wip_month_ends is
'One row a company and month end of wip_schedule: when the month was closed, and whether it is known how jobs stood then.';
comment on column marts.wip_month_ends.company_code is 'Spectrum company';
comment on column marts.wip_month_ends.month_end is 'Last day of the month; the latest month has not ended yet';
comment on column marts.wip_month_ends.closed_at is
'When the month was closed, by the setting closed_months; for a company without it, when the month''s last day ended in '
'the time zone of the settings. Null while the month is open';
comment on column marts.wip_month_ends.known_since is
'When jobs, job cost transactions, budgets and prime contracts had all been read whole: the latest of these four in '
'known_since. Null until then';
comment on column marts.wip_month_ends.then_is_known is
'Whether the month was closed at or after known_since: only then wip_schedule has figures of it as they were known then';

create table marts.wip_by_month (
    company_code text collate "C" not null,
    job_number text collate "C" not null,
    month_end date not null,
    known text collate "C" not null check (known in ('then', 'now')),
    job_description text,
    division text,
    project_manager text,
    status_code text,
    job_complete boolean,
    contracts integer,
    price_method_code text,
    original_contract numeric,
    approved_changes numeric,
    undated_changes numeric,
    printed_revised_contract numeric,
    cost_to_date numeric,
    cost_at_completion numeric,
    billed_to_date numeric,
    billed_basis text,
    work_complete numeric,
    retainage numeric,
    undated_billings bigint,
    primary key (company_code, job_number, month_end, known)
);

create index wip_by_month_by_month_end on marts.wip_by_month (company_code, month_end, known);

comment on table marts.wip_by_month is
'One row a job, month end and what was known: the sums that wip_schedule is computed from. Query wip_schedule, which '
'explains each of them.';
comment on column marts.wip_by_month.company_code is 'Spectrum company';
comment on column marts.wip_by_month.job_number is 'Job number';
comment on column marts.wip_by_month.month_end is 'Last day of the month';
comment on column marts.wip_by_month.known is 'then: as known when the month was closed. now: as known now';
comment on column marts.wip_by_month.job_description is 'As in wip_schedule';
comment on column marts.wip_by_month.division is 'As in wip_schedule';
comment on column marts.wip_by_month.project_manager is 'As in wip_schedule';
comment on column marts.wip_by_month.status_code is 'As in wip_schedule';
comment on column marts.wip_by_month.job_complete is 'As in wip_schedule';
comment on column marts.wip_by_month.contracts is 'As in wip_schedule';
comment on column marts.wip_by_month.price_method_code is 'As in wip_schedule';
comment on column marts.wip_by_month.original_contract is 'As in wip_schedule';
comment on column marts.wip_by_month.approved_changes is 'As in wip_schedule';
comment on column marts.wip_by_month.undated_changes is 'As in wip_schedule';
comment on column marts.wip_by_month.printed_revised_contract is 'As in wip_schedule';
comment on column marts.wip_by_month.cost_to_date is 'As in wip_schedule';
comment on column marts.wip_by_month.cost_at_completion is 'As in wip_schedule';
comment on column marts.wip_by_month.billed_to_date is 'As in wip_schedule';
comment on column marts.wip_by_month.billed_basis is 'As in wip_schedule';
comment on column marts.wip_by_month.work_complete is
'Sum of complete_to_date of the newest applications: what a unit price job has earned';
comment on column marts.wip_by_month.retainage is 'As in wip_schedule';
comment on column marts.wip_by_month.undated_billings is
'Applications and invoices of the job without a date: with one of them nobody knows what was billed up to a month end';

-- A view: what is derived of the sums is defined once, for then and now alike.
create view marts.wip_schedule as
with held as (
    select
        wip.*,
        month_ends.closed_at,
        month_ends.known_since,
        true as is_known,
        null::text as whole_row_unknown
    from marts.wip_by_month as wip
    inner join marts.wip_month_ends as month_ends
        on
            wip.company_code = month_ends.company_code
            and wip.month_end = month_ends.month_end
    union all
    -- Jobs of a month end of which nobody knows how they stood then.
    select
        wip.company_code,
        wip.job_number,
        wip.month_end,
        'then' as known,
        wip.job_description,
        wip.division,
        wip.project_manager,
        null as status_code,
        null as job_complete,
        null as contracts,
        null as price_method_code,
        null as original_contract,
        null as approved_changes,
        null as undated_changes,
        null as printed_revised_contract,
        null as cost_to_date,
        null as cost_at_completion,
        null as billed_to_date,
        null as billed_basis,
        null as work_complete,
        null as retainage,
        null as undated_billings,
        month_ends.closed_at,
        month_ends.known_since,
        false as is_known,
        case
            when month_ends.closed_at is null then 'the month is not closed yet'
            else 'the month was closed before the first complete sync'
        end as whole_row_unknown
    from marts.wip_by_month as wip
    inner join marts.wip_month_ends as month_ends
        on
            wip.company_code = month_ends.company_code
            and wip.month_end = month_ends.month_end
    where wip.known = 'now' and not month_ends.then_is_known
),

contracted as (
    select
        held.*,
        held.original_contract + held.approved_changes as revised_contract,
        -- All of it is earned where all is spent that it costs, and nothing where cost to date is a credit.
        case
            when held.job_complete and held.cost_to_date = held.cost_at_completion then 1
            when held.cost_at_completion > 0
                then least(greatest(held.cost_to_date, 0) / held.cost_at_completion, 1)
        end as share_complete,
        case held.price_method_code
            when 'F' then 'cost'
            when 'T' then 'billed'
            when 'C' then 'billed'
            when 'U' then 'work complete'
        end as earned_basis
    from held
),

earned as (
    select
        contracted.*,
        -- The contract of a time and material or cost plus job is a limit, or nothing at all.
        case
            when coalesce(contracted.price_method_code, '') not in ('T', 'C') or contracted.revised_contract > 0
                then contracted.revised_contract
        end as revenue_at_completion,
        case contracted.earned_basis
            when 'cost' then
                case
                    when contracted.share_complete = 1 then contracted.revised_contract
                    else
                        round(
                            contracted.revised_contract * greatest(contracted.cost_to_date, 0)
                            / nullif(greatest(contracted.cost_at_completion, 0), 0),
                            2
                        )
                end
            when 'billed' then contracted.billed_to_date
            when 'work complete' then contracted.work_complete
        end as earned_revenue
    from contracted
),

profits as (
    select
        earned.*,
        earned.billed_to_date - earned.earned_revenue as over_under_billed,
        earned.earned_revenue - earned.cost_to_date as gross_profit_to_date,
        earned.revenue_at_completion - earned.cost_at_completion as gross_profit_at_completion,
        earned.revenue_at_completion - earned.earned_revenue as backlog
    from earned
)

select
    company_code,
    job_number,
    month_end,
    known,
    case when known = 'then' then closed_at end as known_at,
    known_since,
    is_known,
    job_description,
    division,
    project_manager,
    status_code,
    job_complete,
    contracts > 0 as has_contract,
    contracts,
    price_method_code,
    case price_method_code
        when 'F' then 'fixed price'
        when 'T' then 'time and material'
        when 'C' then 'cost plus'
        when 'U' then 'unit price'
    end as price_method,
    earned_basis,
    original_contract,
    approved_changes,
    undated_changes,
    revised_contract,
    cost_to_date,
    cost_at_completion,
    cost_at_completion - cost_to_date as cost_to_complete,
    round(100 * share_complete, 4) as percent_complete,
    earned_revenue,
    billed_to_date,
    billed_basis,
    over_under_billed,
    case when over_under_billed is not null then greatest(over_under_billed, 0) end as over_billed,
    case when over_under_billed is not null then greatest(-over_under_billed, 0) end as under_billed,
    retainage,
    gross_profit_to_date,
    gross_profit_at_completion,
    round(100 * gross_profit_at_completion / nullif(revenue_at_completion, 0), 4) as gross_profit_percent,
    case
        when gross_profit_at_completion >= 0 then 0
        when gross_profit_to_date is not null and gross_profit_at_completion < 0
            then greatest(gross_profit_to_date - gross_profit_at_completion, 0)
    end as loss_provision,
    backlog,
    printed_revised_contract,
    revised_contract - printed_revised_contract as printed_difference,
    case
        when not is_known then whole_row_unknown
        else
            nullif(
                concat_ws(
                    '; ',
                    case when cost_to_date is null then 'job costs have not been read whole' end,
                    case
                        when cost_to_date is not null and cost_at_completion is null
                            then 'jobs or budgets have not been read whole'
                    end,
                    case
                        when contracts is null then 'prime contracts have not been read whole'
                        when contracts = 0 then 'the job has no contract'
                        when original_contract is null then 'the amount of a contract is not shown'
                        when approved_changes is null
                            then 'change requests have not been read whole, or not all revenue of changes has a job and number'
                    end,
                    case
                        when price_method_code is null and contracts > 1
                            then 'the price method is not known, or differs between the contracts'
                        when price_method_code is null then 'the price method is not known'
                        when earned_basis is null then 'the price method is not documented'
                        when
                            earned_basis = 'cost' and share_complete is null and cost_at_completion is not null
                            then 'cost at completion is not above 0'
                        when
                            earned_basis = 'work complete' and work_complete is null and billed_to_date is not null
                            then 'a unit price job is earned by its applications, and it has none that show what is complete'
                        when price_method_code in ('T', 'C') and revised_contract <= 0
                            then 'a time and material or cost plus contract without an amount has no revenue at completion'
                    end,
                    case
                        when undated_billings > 0 then 'an application or invoice of the job has no date'
                        when billed_to_date is null then 'billings have not been read whole, or do not show amounts'
                    end
                ),
                ''
            )
    end as not_known_because
from profits;

comment on view marts.wip_schedule is
'The schedule of work in progress: one row a job, month end and what was known (then or now), of all the job''s contracts '
'together. Name a month_end and known: adding up rows of several counts a job several times. What is not known is null, '
'never 0, and not_known_because says why.';
comment on column marts.wip_schedule.company_code is 'Spectrum company';
comment on column marts.wip_schedule.job_number is 'Job number';
comment on column marts.wip_schedule.month_end is
'Last day of the month up to which is counted; of the month that has not ended, what is dated in it so far';
comment on column marts.wip_schedule.known is
'then: by what was staged when the month was closed (known_at), whatever came later. now: by what is staged now';
comment on column marts.wip_schedule.known_at is
'The moment of then: when the month was closed, by the setting closed_months; for a company without it, when the month''s '
'last day ended in the time zone of the settings. Null for now, and for a month that is not closed';
comment on column marts.wip_schedule.known_since is
'Since when jobs, job cost transactions, budgets and prime contracts are staged whole: of a month that was closed before, '
'nobody knows how jobs stood then';
comment on column marts.wip_schedule.is_known is
'Whether then is known. Where not, all figures are null; the row names the jobs there are now. True for now';
comment on column marts.wip_schedule.job_description is 'Job name (jobs)';
comment on column marts.wip_schedule.division is 'Division of the job (jobs)';
comment on column marts.wip_schedule.project_manager is 'Code of the project manager (jobs)';
comment on column marts.wip_schedule.status_code is
'A active, I inactive, C complete (jobs): at known_at for then, today for now; never of the month end itself';
comment on column marts.wip_schedule.job_complete is
'Whether the job''s status is C and its complete_date is not after the month end; one without a date is complete at every '
'month end. Null where the job is not staged';
comment on column marts.wip_schedule.has_contract is
'Whether the job has a prime contract. Without one its costs and billings are shown, and what needs a contract is null';
comment on column marts.wip_schedule.contracts is 'How many prime contracts the job has (prime_contracts)';
comment on column marts.wip_schedule.price_method_code is
'F, T, C or U: of the job''s contracts, where they agree, else null; the job''s own where a contract shows none '
'(prime_contracts, jobs)';
comment on column marts.wip_schedule.price_method is 'The same in words; null where the code is not documented';
comment on column marts.wip_schedule.earned_basis is
'What earned_revenue goes by. cost: fixed price. billed: time and material and cost plus, whose rates and fees only the '
'invoices know. work complete: unit price, what the applications say is complete at the contract''s prices';
comment on column marts.wip_schedule.original_contract is
'Sum of original_contract of the job''s prime contracts, whatever their date (prime_contracts)';
comment on column marts.wip_schedule.approved_changes is
'Sum of cr_revenue (change_request_revenues) of change requests that have a change order number, or whose status has a '
'type of the setting estimate_change_types, and whose approved_date is not after the month end or is not there; 0 where '
'there are none';
comment on column marts.wip_schedule.undated_changes is
'What of approved_changes has no approved_date, and so counts at every month end';
comment on column marts.wip_schedule.revised_contract is 'original_contract + approved_changes';
comment on column marts.wip_schedule.cost_to_date is
'Sum of tran_amount dated up to the month end (job_cost_transactions)';
comment on column marts.wip_schedule.cost_at_completion is
'Sum of cost_at_completion of the job''s phases, as job_cost_summary defines it: Spectrum''s projection, else the '
'estimate, never less than what is posted; of a complete job, what is posted. There is one estimate, not one of each '
'month: for now it is today''s, whatever the month end; for then it is that of known_at';
comment on column marts.wip_schedule.cost_to_complete is
'cost_at_completion - cost_to_date: below 0 where credits came after the month end';
comment on column marts.wip_schedule.percent_complete is
'cost_to_date in percent of cost_at_completion, from 0 to 100; 100 for a complete job all of whose cost was there at the '
'month end; else null where cost_at_completion is not above 0. Shown for every price method';
comment on column marts.wip_schedule.earned_revenue is
'By earned_basis. cost: revised_contract x cost_to_date / cost_at_completion, in cents, from 0 to all of it, as '
'percent_complete. billed: billed_to_date. work complete: sum of complete_to_date of each customer''s newest application';
comment on column marts.wip_schedule.billed_to_date is
'What was billed up to the month end, retention included. Of a customer with applications: complete_to_date + '
'material_stored of the newest (billing_applications) by period_end_date, else application_date. Of one without: sum of '
'invoice_extension less sales_tax_amount of invoices that are not reversed, by invoice_date (receivable_invoices)';
comment on column marts.wip_schedule.billed_basis is
'applications, invoices, both (customers of either kind), or null where nothing is billed';
comment on column marts.wip_schedule.over_under_billed is
'billed_to_date - earned_revenue: above 0 is over-billed, below 0 under-billed; always 0 where earned_basis is billed';
comment on column marts.wip_schedule.over_billed is 'over_under_billed where it is above 0, else 0: a liability';
comment on column marts.wip_schedule.under_billed is 'How much over_under_billed is below 0, else 0: an asset';
comment on column marts.wip_schedule.retainage is
'What the customers hold back: retention_amount + material_stored_retention of each newest application, and '
'retention_amount of invoices of customers without one, as invoiced, released since or not';
comment on column marts.wip_schedule.gross_profit_to_date is
'earned_revenue - cost_to_date, before loss_provision';
comment on column marts.wip_schedule.gross_profit_at_completion is
'revised_contract - cost_at_completion: below 0 the job loses money. Null for a time and material or cost plus job whose '
'contract has no amount above 0';
comment on column marts.wip_schedule.gross_profit_percent is
'gross_profit_at_completion in percent of revised_contract';
comment on column marts.wip_schedule.loss_provision is
'What is to be provided so that the whole loss is in the books: where gross_profit_at_completion is below 0, '
'gross_profit_to_date - gross_profit_at_completion, at least 0; else 0';
comment on column marts.wip_schedule.backlog is
'revised_contract - earned_revenue: what is still to be earned; null as gross_profit_at_completion';
comment on column marts.wip_schedule.printed_revised_contract is
'revised_contract_amount of each customer''s newest application, added up (billing_applications): Spectrum''s own figure. '
'Null unless each contract of the job has an application';
comment on column marts.wip_schedule.printed_difference is
'revised_contract - printed_revised_contract: 0 where both agree';
comment on column marts.wip_schedule.not_known_because is
'Why figures are null; null where all are known';
