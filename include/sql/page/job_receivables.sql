-- What is open of a customer for a job, the oldest first. Each row carries the total of all of them.
select
    item.invoice_or_transaction,
    item.transaction_type,
    item.invoice_date,
    current_date - item.invoice_date as age_days,
    item.invoice_amount,
    item.retention_amount,
    item.open_amount as amount,
    sum(item.open_amount) over () as total
from marts.receivables as item
where
    item.company_code = {{ "company" | bound }}
    and item.job_number = {{ "job" | bound }}
    and item.customer_code = {{ "customer" | bound }}
    and item.basis = 'open'
order by item.invoice_date asc nulls first, item.invoice_or_transaction asc, item.transaction_type asc
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
