-- Billing items that revenue is booked on, but that the staged contract does not have. A blank item is none.
-- Silent for a contract of which no billing item is staged: not every contract has a schedule of values.
select
    used.job_number,
    used.customer_code,
    used.billing_item,
    count(*) as row_count
from {{ batch }} as used
where
    used.billing_item <> ''
    and not exists (
        select 1
        from {{ staged("prime_contract_items") }} as item
        where
            item.company_code = used.company_code
            and item.customer_code = used.customer_code
            and item.job_number = used.job_number
            and item.billing_item = used.billing_item
            and item._deleted_at is null
    )
    and exists (
        select 1
        from {{ staged("prime_contract_items") }} as item
        where
            item.company_code = used.company_code
            and item.customer_code = used.customer_code
            and item.job_number = used.job_number
            and item.billing_item <> ''
            and item._deleted_at is null
    )
group by used.job_number, used.customer_code, used.billing_item
