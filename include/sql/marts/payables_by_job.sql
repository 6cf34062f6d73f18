-- What each job bears of the changed vendor invoices, and what of it is open. Payments name no job: what is open is
-- divided as the lines are, in cents that add up.
create temporary table _payables_by_job on commit drop as
with jobs as (
    select
        line.vendor_code,
        line.invoice_number,
        line.invoice_type_code,
        line.job_company_code,
        coalesce(line.job_number, '') as job_number,
        sum(line.net_amount) as job_amount
    from _changed_payables as changed
    inner join spectrum.vendor_invoice_distributions as line
        on
            line.company_code = {{ "company_code" | bound }}
            and changed.vendor_code = line.vendor_code
            and changed.invoice_number = line.invoice_number
            and changed.invoice_type_code = line.invoice_type_code
    where line._deleted_at is null
    group by
        line.vendor_code, line.invoice_number, line.invoice_type_code, line.job_company_code,
        coalesce(line.job_number, '')
),

payments as (
    select
        payment.vendor_code,
        payment.invoice_number,
        payment.invoice_type_code,
        sum(payment.signed_payment_amount) as paid_amount,
        sum(
            case
                when payment.invoice_type_code = 'C' then -payment.discount_taken
                else payment.discount_taken
            end
        ) as discount_taken
    from _changed_payables as changed
    inner join spectrum.vendor_payments as payment
        on
            payment.company_code = {{ "company_code" | bound }}
            and changed.vendor_code = payment.vendor_code
            and changed.invoice_number = payment.invoice_number
            and changed.invoice_type_code = payment.invoice_type_code
    where payment._deleted_at is null
    group by payment.vendor_code, payment.invoice_number, payment.invoice_type_code
),

joined as (
    select
        jobs.*,
        coalesce(vendor.vendor_name, invoice.vendor_name) as vendor_name,
        invoice.subcontract_number,
        invoice.status,
        invoice.invoice_date,
        invoice.due_date,
        sum(jobs.job_amount) over invoices as distributed_amount,
        sum(jobs.job_amount) over (
            invoices order by jobs.job_company_code, jobs.job_number
            rows between unbounded preceding and current row
        ) as distributed_until,
        invoice.signed_invoice_amount as invoice_amount,
        invoice.signed_retention_amount as retained_amount,
        coalesce(payments.paid_amount, 0) as paid_amount,
        coalesce(payments.discount_taken, 0) as discount_taken,
        invoice.signed_invoice_amount - coalesce(payments.paid_amount, 0) - coalesce(payments.discount_taken, 0)
            as open_amount,
        invoice.vendor_code is not null as invoice_staged
    from jobs
    left join spectrum.vendor_invoices as invoice
        on
            invoice.company_code = {{ "company_code" | bound }}
            and jobs.vendor_code = invoice.vendor_code
            and jobs.invoice_number = invoice.invoice_number
            and jobs.invoice_type_code = invoice.invoice_type_code
            and invoice._deleted_at is null
    left join payments
        on
            jobs.vendor_code = payments.vendor_code
            and jobs.invoice_number = payments.invoice_number
            and jobs.invoice_type_code = payments.invoice_type_code
    left join spectrum.vendors as vendor
        on
            vendor.company_code = {{ "company_code" | bound }}
            and jobs.vendor_code = vendor.vendor_code
            and vendor._deleted_at is null
    window invoices as (partition by jobs.vendor_code, jobs.invoice_number, jobs.invoice_type_code)
),

divided as (
    select
        joined.*,
        round(joined.open_amount * joined.distributed_until / nullif(joined.distributed_amount, 0), 2)
        - round(
            joined.open_amount * (joined.distributed_until - joined.job_amount)
            / nullif(joined.distributed_amount, 0),
            2
        ) as job_open_amount
    from joined
)

select
    {{ "company_code" | bound }}::text as company_code,
    divided.vendor_code,
    divided.invoice_number,
    divided.invoice_type_code,
    divided.job_company_code,
    divided.job_number,
    divided.vendor_name,
    divided.subcontract_number,
    divided.status,
    divided.invoice_date,
    divided.due_date,
    divided.job_amount,
    divided.distributed_amount,
    divided.invoice_amount,
    divided.retained_amount,
    divided.paid_amount,
    divided.discount_taken,
    divided.open_amount,
    divided.job_open_amount,
    divided.job_amount - divided.job_open_amount as job_paid_amount,
    divided.invoice_staged,
    false as is_gone
from divided
union all
-- Jobs that bear nothing of them any more.
select
    known.*,
    true as is_gone
from _changed_payables as changed
inner join marts.payables_by_job as known
    on
        known.company_code = {{ "company_code" | bound }}
        and changed.vendor_code = known.vendor_code
        and changed.invoice_number = known.invoice_number
        and changed.invoice_type_code = known.invoice_type_code
where
    not exists (
        select 1 from jobs
        where
            known.vendor_code = jobs.vendor_code
            and known.invoice_number = jobs.invoice_number
            and known.invoice_type_code = jobs.invoice_type_code
            and known.job_company_code = jobs.job_company_code
            and known.job_number = jobs.job_number
    )
