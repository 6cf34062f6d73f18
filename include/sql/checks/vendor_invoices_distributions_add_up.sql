-- Vendor invoices whose distributions do not add up to them, a credit's being below 0, compared with the distributions
-- of the same run. An invoice without any counts if it has an amount, one with a distribution whose amount is not known
-- does not. Silent while none of the company has been read.
with distributed as (
    select
        company_code,
        vendor_code,
        invoice_number,
        invoice_type_code,
        case when bool_and(net_amount is not null) then sum(net_amount) end as lines_total
    from {{ slice("vendor_invoice_distributions") }}
    group by company_code, vendor_code, invoice_number, invoice_type_code
),

compared as (
    select
        invoice.vendor_code,
        invoice.invoice_number,
        invoice.invoice_type_code,
        invoice.signed_invoice_amount,
        case when distributed.invoice_number is null then 0 else distributed.lines_total end as lines_total
    from {{ batch }} as invoice
    left join distributed
        on
            invoice.company_code = distributed.company_code
            and invoice.vendor_code = distributed.vendor_code
            and invoice.invoice_number = distributed.invoice_number
            and invoice.invoice_type_code = distributed.invoice_type_code
    where
        exists (
            select 1
            from distributed as anything
            where anything.company_code = invoice.company_code
        )
)

select
    vendor_code,
    invoice_number,
    invoice_type_code,
    signed_invoice_amount,
    lines_total,
    signed_invoice_amount - lines_total as difference,
    1 as row_count
from compared
where signed_invoice_amount <> lines_total
