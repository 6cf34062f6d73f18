-- Customers of the slice that are not among the living staged customers. Distinct customers first; a blank one is none.
-- Silent while no customer of the company has ever been staged.
with customers_of_slice as (
    select
        company_code,
        customer_code,
        count(*) as row_count
    from {{ batch }}
    where customer_code <> ''
    group by company_code, customer_code
)

select
    used.customer_code,
    used.row_count
from customers_of_slice as used
where
    not exists (
        select 1
        from {{ staged("customers") }} as staged
        where
            staged.company_code = used.company_code
            and staged.customer_code = used.customer_code
            and staged._deleted_at is null
    )
    and exists (
        select 1
        from {{ staged("customers") }} as staged
        where staged.company_code = used.company_code
    )
