-- Cost of a job by month, from its first month with postings to its last, months without any included.
with posted as (
    select
        by_month.month,
        sum(by_month.actual_cost) as actual_cost,
        sum(by_month.transactions) as transactions
    from marts.job_cost_by_month as by_month
    where
        by_month.company_code = {{ "company" | bound }}
        and by_month.job_number = {{ "job" | bound }}
    group by by_month.month
),

months as (
    select generate_series(min(posted.month), max(posted.month), interval '1 month')::date as month
    from posted
)

select
    months.month,
    coalesce(posted.actual_cost, 0) as actual_cost,
    coalesce(posted.transactions, 0) as transactions,
    sum(coalesce(posted.actual_cost, 0)) over (order by months.month) as cost_to_date
from months
left join posted on months.month = posted.month
order by months.month
