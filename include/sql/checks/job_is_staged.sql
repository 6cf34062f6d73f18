-- Jobs of the slice that are not among the living staged jobs. Distinct jobs first: a slice may hold a million rows.
-- A row without a job refers to none. Silent while no job of the company has ever been staged: objects are synced at
-- different times.
with jobs_of_slice as (
    select
        company_code,
        job_number,
        count(*) as row_count
    from {{ batch }}
    where job_number is not null
    group by company_code, job_number
)

select
    used.job_number,
    used.row_count
from jobs_of_slice as used
where
    not exists (
        select 1
        from {{ staged("jobs") }} as staged
        where
            staged.company_code = used.company_code
            and staged.job_number = used.job_number
            and staged._deleted_at is null
    )
    and exists (
        select 1
        from {{ staged("jobs") }} as staged
        where staged.company_code = used.company_code
    )
