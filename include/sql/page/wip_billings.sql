-- What is billed of a job up to a month end, as known at a moment, the newest first, with whether each counts: of a
-- customer with applications the newest, of one without all invoices that were not reversed, less tax. The same rule as
-- in marts/wip_streams.sql. Each row carries the total of those that count.
with applications as (
    select
        application.customer_code,
        application.application_number,
        application.complete_to_date,
        application.material_stored,
        application.retention_amount,
        application.material_stored_retention,
        coalesce(application.period_end_date, application.application_date) as billed_on
    from history.billing_applications_versions as application
    where
        application.company_code = {{ "company" | bound }}
        and application.job_number = {{ "job" | bound }}
        and application._valid_from <= {{ "moment" | bound }}::timestamptz
        and (application._valid_to > {{ "moment" | bound }}::timestamptz or application._valid_to is null)
),

by_application as (
    select distinct customer_code
    from applications
    where complete_to_date is not null
),

found as (
    select
        application.customer_code,
        'application' as kind,
        application.application_number as document_number,
        application.billed_on,
        application.complete_to_date + application.material_stored as amount,
        application.retention_amount + application.material_stored_retention as retainage,
        row_number() over (
            partition by application.customer_code
            order by application.billed_on desc nulls last, lpad(application.application_number, 10, '0') desc
        ) = 1 as counted
    from applications as application
    inner join by_application on application.customer_code = by_application.customer_code
    where application.billed_on <= {{ "month_end" | bound }} or application.billed_on is null
    union all
    select
        invoice.customer_code,
        'invoice' as kind,
        invoice.invoice_or_transaction as document_number,
        invoice.invoice_date as billed_on,
        invoice.invoice_extension - invoice.sales_tax_amount as amount,
        invoice.retention_amount as retainage,
        (invoice.reversed is distinct from 'Y') as counted
    from history.receivable_invoices_versions as invoice
    where
        invoice.company_code = {{ "company" | bound }}
        and invoice.job_number = {{ "job" | bound }}
        and (invoice.invoice_date <= {{ "month_end" | bound }} or invoice.invoice_date is null)
        and invoice._valid_from <= {{ "moment" | bound }}::timestamptz
        and (invoice._valid_to > {{ "moment" | bound }}::timestamptz or invoice._valid_to is null)
        and invoice.customer_code not in (select by_application.customer_code from by_application)
)

select
    found.customer_code,
    customer.name as customer_name,
    found.kind,
    found.document_number,
    found.billed_on,
    found.amount,
    found.retainage,
    found.counted,
    case
        when count(*) filter (where found.counted) over () = count(found.amount) filter (where found.counted) over ()
            then sum(found.amount) filter (where found.counted) over ()
    end as total
from found
left join spectrum.customers as customer
    on
        customer.company_code = {{ "company" | bound }}
        and found.customer_code = customer.customer_code
        and customer._deleted_at is null
order by
    found.billed_on desc nulls first,
    found.customer_code asc,
    length(found.document_number) desc,
    found.document_number desc
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
