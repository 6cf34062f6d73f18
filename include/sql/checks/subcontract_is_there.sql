-- Subcontracts that lines or changes belong to, but that their job does not have, compared with those of the same run.
-- Silent while no subcontract of the company has been read.
with subcontracts_of_slice as (
    select
        company_code,
        job_number,
        vendor_code,
        subcontract_number,
        count(*) as row_count
    from {{ batch }}
    group by company_code, job_number, vendor_code, subcontract_number
)

select
    used.job_number,
    used.vendor_code,
    used.subcontract_number,
    used.row_count
from subcontracts_of_slice as used
where
    not exists (
        select 1
        from {{ slice("subcontracts") }} as subcontract
        where
            subcontract.company_code = used.company_code
            and subcontract.job_number = used.job_number
            and subcontract.vendor_code = used.vendor_code
            and subcontract.subcontract_number = used.subcontract_number
    )
    and exists (
        select 1
        from {{ slice("subcontracts") }} as subcontract
        where subcontract.company_code = used.company_code
    )
