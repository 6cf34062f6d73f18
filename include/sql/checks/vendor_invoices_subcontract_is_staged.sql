-- Subcontracts that vendor invoices name, but that are not among the living staged ones of that vendor.
-- Silent while no subcontract of the company has ever been staged: objects are synced at different times.
with subcontracts_of_slice as (
    select
        company_code,
        vendor_code,
        subcontract_number,
        count(*) as row_count
    from {{ batch }}
    where subcontract_number is not null
    group by company_code, vendor_code, subcontract_number
)

select
    used.vendor_code,
    used.subcontract_number,
    used.row_count
from subcontracts_of_slice as used
where
    not exists (
        select 1
        from {{ staged("subcontracts") }} as staged
        where
            staged.company_code = used.company_code
            and staged.vendor_code = used.vendor_code
            and staged.subcontract_number = used.subcontract_number
            and staged._deleted_at is null
    )
    and exists (
        select 1
        from {{ staged("subcontracts") }} as staged
        where staged.company_code = used.company_code
    )
