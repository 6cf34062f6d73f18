-- Vendor invoices of which more is retained than they amount to.
select
    vendor_code,
    invoice_number,
    invoice_type_code,
    invoice_amount,
    retention_amount,
    1 as row_count
from {{ batch }}
where abs(retention_amount) > abs(invoice_amount)
