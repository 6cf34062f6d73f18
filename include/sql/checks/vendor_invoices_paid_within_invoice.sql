-- Vendor invoices on which more was paid than they amount to, compared with the payments of the same run. Discounts are
-- left out: whether a payment is before or after its discount is not documented. Silent for an invoice whose amount is
-- not known.
with paid as (
    select
        company_code,
        vendor_code,
        invoice_number,
        invoice_type_code,
        sum(payment_amount) as paid_amount
    from {{ slice("vendor_payments") }}
    group by company_code, vendor_code, invoice_number, invoice_type_code
)

select
    invoice.vendor_code,
    invoice.invoice_number,
    invoice.invoice_type_code,
    invoice.invoice_amount,
    paid.paid_amount,
    paid.paid_amount - invoice.invoice_amount as overpaid,
    1 as row_count
from {{ batch }} as invoice
inner join paid
    on
        invoice.company_code = paid.company_code
        and invoice.vendor_code = paid.vendor_code
        and invoice.invoice_number = paid.invoice_number
        and invoice.invoice_type_code = paid.invoice_type_code
where invoice.invoice_amount is not null and paid.paid_amount > greatest(invoice.invoice_amount, 0)
