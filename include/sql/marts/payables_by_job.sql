-- What each job bears of the changed vendor invoices, and what of it is paid and open. Payments name no job, so each job
-- has got of them what it bears of the invoice, in cents that add up. What the lines do not bear of the invoice, such as
-- those of a line that is rejected, is on the row without a job: an invoice is owed whole, whatever its lines say.
create temporary table _payables_by_job on commit drop as
with lines as (
    select
        line.vendor_code,
        line.invoice_number,
        line.invoice_type_code,
        line.job_company_code,
        coalesce(line.job_number, '') as job_number,
        -- A site may not show one of the amounts: some lines' are no sum of all.
        case when count(*) = count(line.net_amount) then sum(line.net_amount) end as job_amount
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

totals as (
    select
        vendor_code,
        invoice_number,
        invoice_type_code,
        case when count(*) = count(job_amount) then sum(job_amount) end as distributed_amount
    from lines
    group by vendor_code, invoice_number, invoice_type_code
),

payments as (
    select
        payment.vendor_code,
        payment.invoice_number,
        payment.invoice_type_code,
        case
            when count(*) = count(payment.signed_payment_amount) then sum(payment.signed_payment_amount)
        end as paid_amount,
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

found as (
    select
        changed.vendor_code,
        changed.invoice_number,
        changed.invoice_type_code,
        coalesce(vendor.vendor_name, invoice.vendor_name) as vendor_name,
        invoice.subcontract_number,
        invoice.status,
        invoice.invoice_date,
        invoice.due_date,
        totals.vendor_code is not null as has_lines,
        case when totals.vendor_code is null then 0 else totals.distributed_amount end as distributed_amount,
        invoice.signed_invoice_amount as invoice_amount,
        invoice.signed_retention_amount as retained_amount,
        case
            when payments.vendor_code is not null then payments.paid_amount
            when not exists (select 1 from _payments_not_shown) then 0
        end as paid_amount,
        case
            when payments.vendor_code is not null or not exists (select 1 from _payments_not_shown)
                then coalesce(payments.discount_taken, 0)
        end as discount_taken,
        invoice.vendor_code is not null as invoice_staged
    from _changed_payables as changed
    left join totals
        on
            changed.vendor_code = totals.vendor_code
            and changed.invoice_number = totals.invoice_number
            and changed.invoice_type_code = totals.invoice_type_code
    left join spectrum.vendor_invoices as invoice
        on
            invoice.company_code = {{ "company_code" | bound }}
            and changed.vendor_code = invoice.vendor_code
            and changed.invoice_number = invoice.invoice_number
            and changed.invoice_type_code = invoice.invoice_type_code
            and invoice._deleted_at is null
    left join payments
        on
            changed.vendor_code = payments.vendor_code
            and changed.invoice_number = payments.invoice_number
            and changed.invoice_type_code = payments.invoice_type_code
    left join spectrum.vendors as vendor
        on
            vendor.company_code = {{ "company_code" | bound }}
            and changed.vendor_code = vendor.vendor_code
            and vendor._deleted_at is null
),

documents as (
    select
        found.*,
        -- Whether a payment is before or after its discount is not documented. One that is the whole invoice pays it.
        found.paid_amount
        + case when found.paid_amount = found.invoice_amount then 0 else found.discount_taken end as settled_amount
    from found
),

borne as (
    select
        lines.*,
        lines.job_amount as borne_amount
    from lines
    union all
    -- An invoice of 0 has no proportion: what was paid on it is on no job.
    select
        documents.vendor_code,
        documents.invoice_number,
        documents.invoice_type_code,
        {{ "company_code" | bound }}::text as job_company_code,
        '' as job_number,
        0 as job_amount,
        documents.invoice_amount - documents.distributed_amount as borne_amount
    from documents
    where
        documents.invoice_staged
        and (
            not documents.has_lines
            or documents.invoice_amount <> documents.distributed_amount
            or (documents.invoice_amount = 0 and documents.settled_amount <> 0)
        )
),

jobs as (
    select
        vendor_code,
        invoice_number,
        invoice_type_code,
        job_company_code,
        job_number,
        sum(job_amount) as job_amount,
        sum(borne_amount) as borne_amount
    from borne
    group by vendor_code, invoice_number, invoice_type_code, job_company_code, job_number
),

joined as (
    select
        documents.*,
        jobs.job_company_code,
        jobs.job_number,
        jobs.job_amount,
        jobs.borne_amount,
        sum(jobs.borne_amount) over (
            partition by jobs.vendor_code, jobs.invoice_number, jobs.invoice_type_code
            order by jobs.job_company_code, jobs.job_number
            rows between unbounded preceding and current row
        ) as borne_until
    from documents
    inner join jobs
        on
            documents.vendor_code = jobs.vendor_code
            and documents.invoice_number = jobs.invoice_number
            and documents.invoice_type_code = jobs.invoice_type_code
),

divided as (
    select
        joined.*,
        case
            when joined.invoice_amount <> 0
                then
                    round(joined.settled_amount * joined.borne_until / joined.invoice_amount, 2)
                    - round(
                        joined.settled_amount * (joined.borne_until - joined.borne_amount) / joined.invoice_amount, 2
                    )
            when joined.invoice_amount is null then null
            when joined.job_number = '' and joined.job_company_code = {{ "company_code" | bound }}
                then joined.settled_amount
            else 0
        end as job_paid_amount
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
    divided.invoice_amount - divided.settled_amount as open_amount,
    divided.borne_amount - divided.job_paid_amount as job_open_amount,
    divided.job_paid_amount,
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
