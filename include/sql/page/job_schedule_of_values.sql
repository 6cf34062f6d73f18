-- The lines of a customer's contract for a job. Each row carries the total of all of them.
select
    item.billing_item,
    item.billing_description,
    item.original_contract as amount,
    sum(item.original_contract) over () as total
from spectrum.prime_contract_items as item
where
    item.company_code = {{ "company" | bound }}
    and item.job_number = {{ "job" | bound }}
    and item.customer_code = {{ "customer" | bound }}
    and item._deleted_at is null
order by item.billing_item
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
