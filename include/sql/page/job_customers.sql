-- Who has a contract for a job or is billed for it, one row a customer: the contract with its approved changes, how far
-- it is billed, and what is open. A change is approved if its request has a change order number, or a status of a type
-- of the settings: as estimates count it. Of a stream of applications the newest holds. Invoices that were reversed
-- bill nothing. What is null is not there; whether it is known at all, staged_tables.sql says.
with revenues as (
    select
        revenue.customer_code,
        sum(revenue.cr_revenue) as approved_changes
    from spectrum.change_request_revenues as revenue
    where
        revenue.company_code = {{ "company" | bound }}
        and revenue.job_number = {{ "job" | bound }}
        and revenue._deleted_at is null
        and exists (
            select 1
            from spectrum.change_requests as request
            left join spectrum.change_request_statuses as status
                on
                    request.company_code = status.company_code
                    and request.status = status.status_code
                    and status._deleted_at is null
            where
                request.company_code = {{ "company" | bound }}
                and request.job_number = {{ "job" | bound }}
                and revenue.change_request_number = request.change_request_number
                -- A site may not show whose revenue it is.
                and revenue.customer_code in (request.customer_code, '')
                and request._deleted_at is null
                and (request.change_order_number is not null or status.cr_type = any({{ "types" | bound }}::text[]))
        )
    group by revenue.customer_code
),

contracts as (
    select
        customer_code,
        contract_number,
        contract_description,
        price_method_code,
        contract_date,
        original_contract
    from spectrum.prime_contracts
    where
        company_code = {{ "company" | bound }}
        and job_number = {{ "job" | bound }}
        and _deleted_at is null
),

applications as (
    select distinct on (customer_code)
        customer_code,
        application_number,
        period_end_date,
        revised_contract_amount,
        complete_to_date + material_stored as applied,
        retention_amount + material_stored_retention as retained,
        count(*) over (partition by customer_code) as applications
    from spectrum.billing_applications
    where
        company_code = {{ "company" | bound }}
        and job_number = {{ "job" | bound }}
        and _deleted_at is null
    order by
        customer_code,
        coalesce(period_end_date, application_date) desc nulls last,
        length(application_number) desc,
        application_number desc
),

invoices as (
    select
        customer_code,
        count(*) as invoices,
        case when count(*) = count(invoice_extension) then sum(invoice_extension) end as invoiced,
        case when count(*) = count(retention_amount) then sum(retention_amount) end as invoices_retained
    from spectrum.receivable_invoices
    where
        company_code = {{ "company" | bound }}
        and job_number = {{ "job" | bound }}
        and _deleted_at is null
        and reversed is distinct from 'Y'
    group by customer_code
),

open_items as (
    select
        customer_code,
        sum(open_amount) as open_amount
    from marts.receivables
    where
        company_code = {{ "company" | bound }}
        and job_number = {{ "job" | bound }}
        and basis = 'open'
    group by customer_code
),

found as (
    select customer_code from contracts
    union
    select customer_code from revenues
    union
    select customer_code from applications
    union
    select customer_code from invoices
    union
    select customer_code from open_items
)

select
    found.customer_code,
    customer.name as customer_name,
    contracts.customer_code is not null as has_contract,
    contracts.contract_number,
    contracts.contract_description,
    contracts.price_method_code,
    contracts.contract_date,
    contracts.original_contract,
    coalesce(revenues.approved_changes, 0) as approved_changes,
    coalesce(contracts.original_contract, 0) + coalesce(revenues.approved_changes, 0) as revised_contract,
    coalesce(applications.applications, 0) as applications,
    applications.application_number,
    applications.period_end_date,
    applications.revised_contract_amount as revised_by_application,
    applications.applied,
    applications.retained,
    coalesce(invoices.invoices, 0) as invoices,
    invoices.invoiced,
    invoices.invoices_retained,
    coalesce(open_items.open_amount, 0) as open_amount
from found
left join contracts on found.customer_code = contracts.customer_code
left join revenues on found.customer_code = revenues.customer_code
left join applications on found.customer_code = applications.customer_code
left join invoices on found.customer_code = invoices.customer_code
left join open_items on found.customer_code = open_items.customer_code
left join spectrum.customers as customer
    on
        customer.company_code = {{ "company" | bound }}
        and found.customer_code = customer.customer_code
        and customer._deleted_at is null
order by contracts.customer_code is null, found.customer_code
