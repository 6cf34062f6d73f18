-- Prime contracts of the jobs in which anything changed: the contract, a line, the job's name, its costs. A table of
-- which nothing was synced since is not looked at: `since` is infinity then.
create temporary table _contract_status on commit drop as
with jobs as (
    select job_number from _job_cost_summary
    union
    select job_number from spectrum.prime_contracts
    where
        company_code = {{ "company_code" | bound }}
        and {{ "since_prime_contracts" | bound }}::timestamptz < 'infinity'
        and greatest(_changed_at, _deleted_at) >= {{ "since_prime_contracts" | bound }}
    union
    select job_number from spectrum.prime_contract_items
    where
        company_code = {{ "company_code" | bound }}
        and {{ "since_prime_contract_items" | bound }}::timestamptz < 'infinity'
        and greatest(_changed_at, _deleted_at) >= {{ "since_prime_contract_items" | bound }}
    union
    select job_number from spectrum.jobs
    where
        company_code = {{ "company_code" | bound }}
        and {{ "since_jobs" | bound }}::timestamptz < 'infinity'
        and greatest(_changed_at, _deleted_at) >= {{ "since_jobs" | bound }}
),

-- One pass over the company's contracts, few as they are, instead of one for every job.
schedules as (
    select
        customer_code,
        job_number,
        count(*) as lines,
        sum(original_contract) as lines_total
    from spectrum.prime_contract_items
    where company_code = {{ "company_code" | bound }} and _deleted_at is null
    group by customer_code, job_number
),

costs as (
    select
        summary.job_number,
        sum(summary.current_estimate) as current_estimate,
        sum(summary.actual_cost) as actual_cost,
        sum(summary.projected_cost) as projected_cost,
        sum(summary.cost_at_completion) as cost_at_completion,
        bool_or(summary.cost_floor_used) as cost_floor_used
    from jobs
    inner join marts.job_cost_summary as summary
        on
            summary.company_code = {{ "company_code" | bound }}
            and jobs.job_number = summary.job_number
    group by summary.job_number
)

select
    contract.company_code,
    contract.customer_code,
    contract.job_number,
    job.job_description,
    contract.contract_number,
    contract.contract_description,
    contract.price_method_code,
    contract.status_code,
    contract.contract_date,
    contract.retention_percent,
    contract.original_contract,
    coalesce(schedule.lines, 0) as lines,
    coalesce(schedule.lines_total, 0) as lines_total,
    coalesce(schedule.lines_total, 0) - contract.original_contract as lines_difference,
    case
        when coalesce(contract.price_method_code, '') <> 'U'
            then schedule.lines_total = contract.original_contract
    end as lines_add_up,
    coalesce(contract.price_method_code = 'U', false) as unit_price,
    contract.contracts_of_job,
    contract.contracts_of_job > 1 as several_contracts,
    contract.importable,
    contract.not_importable_reason,
    coalesce(costs.current_estimate, 0) as current_estimate,
    coalesce(costs.actual_cost, 0) as actual_cost,
    coalesce(costs.projected_cost, 0) as projected_cost,
    coalesce(costs.cost_at_completion, 0) as cost_at_completion,
    coalesce(costs.cost_floor_used, false) as cost_floor_used,
    -- By the sums of the job, as in job_cost_summary by those of a phase and cost type.
    case
        when costs.cost_at_completion > 0
            then round(100 * greatest(costs.actual_cost, 0) / costs.cost_at_completion, 2)
    end as percent_complete,
    contract._deleted_at is not null as is_gone
from spectrum.prime_contracts as contract
inner join jobs on contract.job_number = jobs.job_number
left join schedules as schedule
    on
        contract.customer_code = schedule.customer_code
        and contract.job_number = schedule.job_number
left join spectrum.jobs as job
    on
        job.company_code = {{ "company_code" | bound }}
        and contract.job_number = job.job_number
        and job._deleted_at is null
left join costs on contract.job_number = costs.job_number
where contract.company_code = {{ "company_code" | bound }}
