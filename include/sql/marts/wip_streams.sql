-- What each customer of a job was billed, as known at each moment, from one day up to the next: by the newest application,
-- which says what is complete to date; of a customer without applications, by all invoices up to that day.
create temporary table _wip_streams on commit drop as
with moments as (
    select distinct
        known,
        moment
    from _wip_points
),

{% for name, table, day in [
    ("applications", "billing_applications", "coalesce(versions.period_end_date, versions.application_date)"),
    ("invoices", "receivable_invoices", "versions.invoice_date")
] %}
{{ name }} as (
    select
        versions.*,
        moments.known,
        moments.moment,
        {{ day }} as billed_on
    from {{ ("history." ~ table ~ "_versions") | ident }} as versions
    inner join moments
        on
            versions._valid_from <= moments.moment
            and (versions._valid_to > moments.moment or versions._valid_to is null)
    inner join _wip_jobs as jobs
        on
            moments.known = jobs.known
            and moments.moment = jobs.moment
            and versions.job_number = jobs.job_number
    where versions.company_code = {{ "company_code" | bound }}
),

{% endfor %}
-- Customers with an application that shows what is complete.
by_application as (
    select distinct
        known,
        moment,
        job_number,
        customer_code
    from applications
    where complete_to_date is not null
),

invoiced as (
    select
        invoices.known,
        invoices.moment,
        invoices.job_number,
        invoices.customer_code,
        invoices.billed_on,
        sum(invoices.invoice_extension - invoices.sales_tax_amount) as amount,
        sum(invoices.retention_amount) as retainage,
        -- A site may not show one of them: some amounts are no sum of all.
        count(*) filter (where invoices.invoice_extension - invoices.sales_tax_amount is null) as without_amount,
        count(*) filter (where invoices.retention_amount is null) as without_retainage
    from invoices
    where
        invoices.reversed is distinct from 'Y'
        and not exists (
            select 1 from by_application
            where
                invoices.known = by_application.known
                and invoices.moment = by_application.moment
                and invoices.job_number = by_application.job_number
                and invoices.customer_code = by_application.customer_code
        )
    group by
        invoices.known, invoices.moment, invoices.job_number, invoices.customer_code, invoices.billed_on
)

select
    application.known,
    application.moment,
    application.job_number,
    application.customer_code,
    'applications' as basis,
    application.billed_on,
    lead(application.billed_on) over stream as next_on,
    application.complete_to_date + application.material_stored as billed,
    application.complete_to_date as work_complete,
    application.retention_amount + application.material_stored_retention as retainage,
    application.revised_contract_amount as printed_revised_contract
from applications as application
inner join by_application
    on
        application.known = by_application.known
        and application.moment = by_application.moment
        and application.job_number = by_application.job_number
        and application.customer_code = by_application.customer_code
window
    stream as (
        partition by application.known, application.moment, application.job_number, application.customer_code
        order by application.billed_on asc nulls first, lpad(application.application_number, 10, '0') asc
    )
union all
select
    known,
    moment,
    job_number,
    customer_code,
    'invoices' as basis,
    billed_on,
    lead(billed_on) over stream as next_on,
    case when sum(without_amount) over stream = 0 then sum(amount) over stream end as billed,
    null as work_complete,
    case when sum(without_retainage) over stream = 0 then sum(retainage) over stream end as retainage,
    null as printed_revised_contract
from invoiced
window
    stream as (
        partition by known, moment, job_number, customer_code
        order by billed_on asc nulls first
    )
