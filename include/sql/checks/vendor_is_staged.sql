-- Vendors of the slice that are not among the living staged vendors. Distinct vendors first: a slice may hold a million
-- rows; most of them have no vendor. Silent while no vendor of the company has ever been staged.
with vendors_of_slice as (
    select
        company_code,
        vendor_code,
        count(*) as row_count
    from {{ batch }}
    where vendor_code is not null
    group by company_code, vendor_code
)

select
    used.vendor_code,
    used.row_count
from vendors_of_slice as used
where
    not exists (
        select 1
        from {{ staged("vendors") }} as staged
        where
            staged.company_code = used.company_code
            and staged.vendor_code = used.vendor_code
            and staged._deleted_at is null
    )
    and exists (
        select 1
        from {{ staged("vendors") }} as staged
        where staged.company_code = used.company_code
    )
