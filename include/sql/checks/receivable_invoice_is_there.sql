-- Invoices that lines or open items belong to, but that are not there, compared with those of the same run. A site may
-- not show a part of their key, which is blank then in every row: of such rows nobody can tell. A type may be blank by
-- itself: it is compared where some row has one, or where no invoice has.
-- Silent while no invoice of the company has been read.
with invoices_of_slice as (
    select
        company_code,
        customer_code,
        invoice_or_transaction,
        transaction_type,
        count(*) as row_count
    from {{ batch }}
    where
        customer_code <> ''
        and invoice_or_transaction <> ''
        and (
            exists (
                select 1
                from {{ batch }} as typed
                where typed.transaction_type <> ''
            )
            or not exists (
                select 1
                from {{ slice("receivable_invoices") }} as typed
                where typed.transaction_type <> ''
            )
        )
    group by company_code, customer_code, invoice_or_transaction, transaction_type
)

select
    used.customer_code,
    used.invoice_or_transaction,
    used.transaction_type,
    used.row_count
from invoices_of_slice as used
where
    not exists (
        select 1
        from {{ slice("receivable_invoices") }} as invoice
        where
            invoice.company_code = used.company_code
            and invoice.customer_code = used.customer_code
            and invoice.invoice_or_transaction = used.invoice_or_transaction
            and invoice.transaction_type = used.transaction_type
    )
    and exists (
        select 1
        from {{ slice("receivable_invoices") }} as invoice
        where invoice.company_code = used.company_code
    )
