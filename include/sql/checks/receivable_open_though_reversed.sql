-- Open items of invoices that were reversed, compared with the invoices of the same run.
select
    item.customer_code,
    item.invoice_or_transaction,
    item.transaction_type,
    item.invoice_balance,
    1 as row_count
from {{ batch }} as item
inner join {{ slice("receivable_invoices") }} as invoice
    on
        item.company_code = invoice.company_code
        and item.customer_code = invoice.customer_code
        and item.invoice_or_transaction = invoice.invoice_or_transaction
        and item.transaction_type = invoice.transaction_type
where
    invoice.reversed = 'Y'
    and item.invoice_balance <> 0
