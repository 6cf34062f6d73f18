-- The vendor invoices of a subcontract, the newest first: what of each the job bears, and what of that is paid and
-- open. Each row carries the total of all of them.
select
    invoice.invoice_number,
    invoice.invoice_type_code,
    invoice.invoice_date,
    invoice.due_date,
    invoice.invoice_amount,
    invoice.retained_amount,
    invoice.job_amount as amount,
    invoice.job_paid_amount,
    invoice.job_open_amount,
    sum(invoice.job_amount) over () as total
from marts.payables_by_job as invoice
where
    invoice.company_code = {{ "company" | bound }}
    and invoice.job_company_code = {{ "company" | bound }}
    and invoice.job_number = {{ "job" | bound }}
    and invoice.vendor_code = {{ "vendor" | bound }}
    and invoice.subcontract_number = {{ "number" | bound }}
order by invoice.invoice_date desc nulls last, invoice.invoice_number desc, invoice.invoice_type_code asc
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
