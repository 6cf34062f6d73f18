-- Vendor invoices that lines or payments belong to, but that do not exist, compared with the invoices of the same run.
-- Silent while no invoice of the company has been read.
with invoices_of_slice as (
    select
        company_code,
        vendor_code,
        invoice_number,
        invoice_type_code,
        count(*) as row_count
    from {{ batch }}
    group by company_code, vendor_code, invoice_number, invoice_type_code
)

select
    used.vendor_code,
    used.invoice_number,
    used.invoice_type_code,
    used.row_count
from invoices_of_slice as used
where
    not exists (
        select 1
        from {{ slice("vendor_invoices") }} as invoice
        where
            invoice.company_code = used.company_code
            and invoice.vendor_code = used.vendor_code
            and invoice.invoice_number = used.invoice_number
            and invoice.invoice_type_code = used.invoice_type_code
    )
    and exists (
        select 1
        from {{ slice("vendor_invoices") }} as invoice
        where invoice.company_code = used.company_code
    )
