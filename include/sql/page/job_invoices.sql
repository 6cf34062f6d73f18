-- The invoices of a customer for a job, the newest first, with whether each counts: reversed ones do not. Each row
-- carries the total of those that count.
select
    invoice.invoice_or_transaction,
    invoice.transaction_type,
    invoice.invoice_date,
    invoice.remarks,
    invoice.invoice_extension as amount,
    invoice.retention_amount,
    item.open_amount,
    counting.counted,
    sum(invoice.invoice_extension) filter (where counting.counted) over () as total
from spectrum.receivable_invoices as invoice
inner join lateral (select (invoice.reversed is distinct from 'Y') as counted) as counting on true
left join marts.receivables as item
    on
        item.company_code = {{ "company" | bound }}
        and invoice.customer_code = item.customer_code
        and invoice.invoice_or_transaction = item.invoice_or_transaction
        and invoice.transaction_type = item.transaction_type
        and item.basis = 'open'
where
    invoice.company_code = {{ "company" | bound }}
    and invoice.job_number = {{ "job" | bound }}
    and invoice.customer_code = {{ "customer" | bound }}
    and invoice._deleted_at is null
order by invoice.invoice_date desc nulls last, invoice.invoice_or_transaction desc, invoice.transaction_type asc
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
