-- Job-to-date costs that differ from the sum of the transactions (K1): those landed by the same run, and the staged
-- ones of all other months. A total without transactions, or the reverse, counts if it is not 0. Only jobs that the
-- slice holds; silent while none of their transactions has been read.
with jobs_of_slice as (
    select distinct
        company_code,
        job_number
    from {{ batch }}
),

landed as (
    select
        company_code,
        job_number,
        phase_code,
        cost_type,
        tran_amount,
        _month
    from {{ slice("job_cost_transactions") }}
),

landed_months as (
    select distinct
        company_code,
        job_number,
        _month
    from landed
),

transactions as (
    select
        company_code,
        job_number,
        phase_code,
        cost_type,
        tran_amount
    from landed
    union all
    select
        kept.company_code,
        kept.job_number,
        kept.phase_code,
        kept.cost_type,
        kept.tran_amount
    from {{ staged("job_cost_transactions") }} as kept
    where
        kept._deleted_at is null
        and not exists (
            select 1
            from landed_months as landed_month
            where
                landed_month.company_code = kept.company_code
                and landed_month.job_number = kept.job_number
                and landed_month._month = kept._month
        )
),

summed as (
    select
        spent.company_code,
        spent.job_number,
        spent.phase_code,
        spent.cost_type,
        sum(spent.tran_amount) as transactions_cost
    from transactions as spent
    inner join jobs_of_slice as job
        on
            spent.company_code = job.company_code
            and spent.job_number = job.job_number
    group by spent.company_code, spent.job_number, spent.phase_code, spent.cost_type
)

select
    coalesce(total.job_number, summed.job_number) as job_number,
    coalesce(total.phase_code, summed.phase_code) as phase_code,
    coalesce(total.cost_type, summed.cost_type) as cost_type,
    total.jtd_cost,
    summed.transactions_cost,
    1 as row_count
from {{ batch }} as total
full join summed
    on
        total.company_code = summed.company_code
        and total.job_number = summed.job_number
        and total.phase_code = summed.phase_code
        and total.cost_type = summed.cost_type
where
    coalesce(total.jtd_cost, 0) <> coalesce(summed.transactions_cost, 0)
    and exists (
        select 1
        from summed as anything
        where anything.job_number is not null
    )
