-- Who owes the company what. Where its last sync was shown open items, they are; where it was not, all that was invoiced
-- and not reversed. Items that name no customer or no invoice tell nothing; where only their type is not shown, they are
-- of all invoices of that number. Computed whole each time: a site has some thousands.
create temporary table _receivables on commit drop as
with shown as (
    select 'transaction_type' = any(landed.absent) as by_number
    from sync.landing_tables as landed
    where
        landed.table_name = 'open_receivables'
        and not landed.absent && array['customer_code', 'invoice_or_transaction']
        and landed.landing_id = (
            select max(landings.landing_id)
            from sync.landings as landings
            where
                landings.object_name = 'billings'
                and landings.company_code = {{ "company_code" | bound }}
                and landings.state in ('published', 'unchanged')
        )
),

found as (
    select
        item.customer_code,
        item.invoice_or_transaction,
        item.transaction_type,
        coalesce(item.job_number, invoice.job_number) as job_number,
        invoice.invoice_date,
        invoice.invoice_extension as invoice_amount,
        invoice.retention_amount,
        item.invoice_balance as open_amount,
        item.invoice_balance as amount,
        'open' as basis
    from spectrum.open_receivables as item
    cross join shown
    left join lateral (
        select
            min(invoices.invoice_date) as invoice_date,
            case when count(distinct coalesce(invoices.job_number, '')) = 1 then min(invoices.job_number) end
                as job_number,
            case when count(*) = 1 then min(invoices.invoice_extension) end as invoice_extension,
            case when count(*) = 1 then min(invoices.retention_amount) end as retention_amount
        from spectrum.receivable_invoices as invoices
        where
            invoices.company_code = {{ "company_code" | bound }}
            and item.customer_code = invoices.customer_code
            and item.invoice_or_transaction = invoices.invoice_or_transaction
            and (shown.by_number or item.transaction_type = invoices.transaction_type)
            and invoices._deleted_at is null
    ) as invoice on true
    where
        item.company_code = {{ "company_code" | bound }}
        and item._deleted_at is null
        and item.invoice_balance <> 0
    union all
    select
        invoice.customer_code,
        invoice.invoice_or_transaction,
        invoice.transaction_type,
        invoice.job_number,
        invoice.invoice_date,
        invoice.invoice_extension as invoice_amount,
        invoice.retention_amount,
        null as open_amount,
        coalesce(invoice.invoice_extension, 0) as amount,
        'invoiced' as basis
    from spectrum.receivable_invoices as invoice
    where
        invoice.company_code = {{ "company_code" | bound }}
        and invoice._deleted_at is null
        and invoice.reversed is distinct from 'Y'
        and not exists (select 1 from shown)
)

select
    {{ "company_code" | bound }}::text as company_code,
    found.customer_code,
    found.invoice_or_transaction,
    found.transaction_type,
    found.job_number,
    customer.name as customer_name,
    found.invoice_date,
    found.invoice_amount,
    found.retention_amount,
    found.open_amount,
    found.amount,
    found.basis,
    false as is_gone
from found
left join spectrum.customers as customer
    on
        customer.company_code = {{ "company_code" | bound }}
        and found.customer_code = customer.customer_code
        and customer._deleted_at is null
