-- Invoices whose lines do not add up to them, compared with the lines of the same run. Whether lines and totals hold
-- sales tax and retention is not published: a total agrees with them, without them, or with either.
-- Silent while no line of the company has been read.
with lines_of_invoice as (
    select
        company_code,
        customer_code,
        invoice_or_transaction,
        transaction_type,
        sum(line_extension) as lines_total
    from {{ slice("receivable_invoice_lines") }}
    group by company_code, customer_code, invoice_or_transaction, transaction_type
),

compared as (
    select
        invoice.customer_code,
        invoice.job_number,
        invoice.invoice_or_transaction,
        invoice.transaction_type,
        invoice.invoice_extension,
        coalesce(added.lines_total, 0) as lines_total,
        coalesce(invoice.sales_tax_amount, 0) as tax,
        coalesce(invoice.retention_amount, 0) as retained
    from {{ batch }} as invoice
    left join lines_of_invoice as added
        on
            invoice.company_code = added.company_code
            and invoice.customer_code = added.customer_code
            and invoice.invoice_or_transaction = added.invoice_or_transaction
            and invoice.transaction_type = added.transaction_type
    where
        exists (
            select 1
            from lines_of_invoice as anything
            where anything.company_code = invoice.company_code
        )
)

select
    customer_code,
    job_number,
    invoice_or_transaction,
    transaction_type,
    invoice_extension,
    lines_total,
    invoice_extension - lines_total as difference,
    1 as row_count
from compared
where invoice_extension - lines_total not in (0, tax, -retained, tax - retained)
