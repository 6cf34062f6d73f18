-- What has the job with the most cost to date spent against its budget, by cost type?
with biggest_job as (
    select
        company_code,
        job_number
    from spectrum.job_cost_totals
    where _deleted_at is null
    group by company_code, job_number
    order by sum(jtd_cost) desc, company_code asc, job_number asc
    limit 1
),

budgeted as (
    select
        company_code,
        job_number,
        cost_type,
        sum(current_estimate) as budget
    from spectrum.budgets
    where _deleted_at is null
    group by company_code, job_number, cost_type
),

spent as (
    select
        company_code,
        job_number,
        cost_type,
        sum(jtd_cost) as cost_to_date
    from spectrum.job_cost_totals
    where _deleted_at is null
    group by company_code, job_number, cost_type
)

-- A full join: costs without a budget and budgets without costs are what one looks for.
select
    job.job_number as job,
    job.job_description as description,
    coalesce(budgeted.cost_type, spent.cost_type) as cost_type,
    coalesce(budgeted.budget, 0) as budget,
    coalesce(spent.cost_to_date, 0) as cost_to_date,
    coalesce(budgeted.budget, 0) - coalesce(spent.cost_to_date, 0) as remaining,
    round(100 * spent.cost_to_date / nullif(budgeted.budget, 0), 1) as percent_spent
from budgeted
full join spent
    on
        budgeted.company_code = spent.company_code
        and budgeted.job_number = spent.job_number
        and budgeted.cost_type = spent.cost_type
inner join biggest_job
    on
        coalesce(budgeted.company_code, spent.company_code) = biggest_job.company_code
        and coalesce(budgeted.job_number, spent.job_number) = biggest_job.job_number
inner join spectrum.jobs as job
    on
        biggest_job.company_code = job.company_code
        and biggest_job.job_number = job.job_number
order by cost_type
