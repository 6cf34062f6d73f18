-- Applications by which less is complete than by the one before it, customer by customer of a job. Applications follow
-- each other by the end of their period; those without one are left out, since nobody can tell their place.
with in_order as (
    select
        customer_code,
        job_number,
        application_number,
        complete_to_date,
        lag(application_number) over stream as application_before,
        lag(complete_to_date) over stream as complete_before
    from {{ batch }}
    where period_end_date is not null
    window
        stream as (
            partition by company_code, customer_code, job_number
            order by period_end_date, length(application_number), application_number
        )
)

select
    customer_code,
    job_number,
    application_number,
    application_before,
    complete_before,
    complete_to_date,
    complete_to_date - complete_before as difference,
    1 as row_count
from in_order
where complete_to_date < complete_before
