-- Applications whose amount billed before is not that of the application before them. Whether Spectrum counts
-- retention in it is not published: what is complete and stored agrees, less its retention too, and so does what was
-- billed before with what was due. Applications follow each other by the end of their period.
with in_order as (
    select
        customer_code,
        job_number,
        application_number,
        amount_billed_previous,
        lag(application_number) over stream as application_before,
        lag(complete_to_date + coalesce(material_stored, 0)) over stream as gross_before,
        lag(coalesce(retention_amount, 0) + coalesce(material_stored_retention, 0)) over stream as retained_before,
        lag(coalesce(amount_billed_previous, 0) + coalesce(amount_due, 0)) over stream as due_before,
        lag(coalesce(sales_tax_amount, 0)) over stream as tax_before
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
    amount_billed_previous,
    application_before,
    gross_before,
    gross_before - retained_before as net_before,
    1 as row_count
from in_order
where
    application_before is not null
    and amount_billed_previous not in (
        gross_before,
        gross_before - retained_before,
        due_before,
        due_before - tax_before
    )
