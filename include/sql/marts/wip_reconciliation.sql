-- Figures of the schedule beside those that Spectrum keeps itself, as known now, of jobs in which anything changed. Totals
-- that are summed from the staged postings have neither estimate nor projection: they prove nothing.
create temporary table _wip_reconciliation on commit drop as
with jobs as (
    select job_number
    from _wip_jobs
    where known = 'now'
    union
    select stored.job_number
    from marts.wip_reconciliation as stored
    where
        stored.company_code = {{ "company_code" | bound }}
        and ({{ "all_jobs" | bound }} or stored.job_number in (select changed.job_number from _wip_changed_jobs as changed))
),

known as (
    select
        coalesce(bool_or(since.table_name = 'job_cost_transactions'), false) as costs_known,
        count(*) filter (
            where
            since.table_name in ('change_requests', 'change_request_revenues', 'change_request_statuses')
        ) = 3
        and not exists (
            select 1 from spectrum.change_request_revenues as revenue
            where
                revenue.company_code = {{ "company_code" | bound }}
                and '' in (revenue.job_number, revenue.change_request_number)
                and revenue._deleted_at is null
        ) as changes_known
    from marts.known_since as since
    where since.company_code = {{ "company_code" | bound }}
),

spent as (
    select
        job_number,
        sum(amount) as cost_to_date
    from _wip_posted
    where known = 'now'
    group by job_number
),

totals as (
    select
        total.job_number,
        case when count(coalesce(total.current_estimate, total.projected_cost)) > 0 then sum(total.jtd_cost) end
            as spectrum_cost_to_date
    from spectrum.job_cost_totals as total
    inner join jobs on total.job_number = jobs.job_number
    where
        total.company_code = {{ "company_code" | bound }}
        and total._deleted_at is null
    group by total.job_number
),

changes as (
    select
        job_number,
        sum(amount) as approved_changes
    from _wip_changes
    where known = 'now'
    group by job_number
),

printed as (
    select
        stream.job_number,
        sum(stream.printed_revised_contract) as printed_revised_contract,
        count(stream.printed_revised_contract) as printed_contracts
    from _wip_streams as stream
    inner join spectrum.prime_contracts as contract
        on
            contract.company_code = {{ "company_code" | bound }}
            and stream.customer_code = contract.customer_code
            and stream.job_number = contract.job_number
            and contract._deleted_at is null
    where
        stream.known = 'now'
        and stream.next_on is null
        and stream.basis = 'applications'
    group by stream.job_number
),

both_sides as (
    select
        jobs.job_number,
        job.job_description,
        case when known.costs_known then coalesce(spent.cost_to_date, 0) end as cost_to_date,
        totals.spectrum_cost_to_date,
        case when known.changes_known then contract.original_contract + coalesce(changes.approved_changes, 0) end
            as revised_contract,
        case when printed.printed_contracts = contract.contracts then printed.printed_revised_contract end
            as printed_revised_contract,
        contract.original_contract,
        case when contract.contracts > 0 then nullif(job.original_contract, 0) end as job_original_contract,
        not exists (
            select 1 from _wip_jobs as living
            where living.known = 'now' and jobs.job_number = living.job_number
        ) as is_gone
    from jobs
    cross join known
    left join spectrum.jobs as job
        on
            job.company_code = {{ "company_code" | bound }}
            and jobs.job_number = job.job_number
            and job._deleted_at is null
    left join spent on jobs.job_number = spent.job_number
    left join totals on jobs.job_number = totals.job_number
    left join _wip_contracts as contract
        on
            contract.known = 'now'
            and jobs.job_number = contract.job_number
    left join changes on jobs.job_number = changes.job_number
    left join printed on jobs.job_number = printed.job_number
)

select
    {{ "company_code" | bound }}::text as company_code,
    job_number,
    job_description,
    cost_to_date,
    spectrum_cost_to_date,
    cost_to_date - spectrum_cost_to_date as cost_difference,
    revised_contract,
    printed_revised_contract,
    revised_contract - printed_revised_contract as revised_contract_difference,
    original_contract,
    job_original_contract,
    original_contract - job_original_contract as original_contract_difference,
    is_gone
from both_sides
