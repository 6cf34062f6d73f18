-- Jobs of distributions that are not among the living staged jobs of their company, which may be another than the
-- invoice's. Silent for a company of which no job has ever been staged: objects are synced at different times.
with jobs_of_slice as (
    select
        job_company_code,
        job_number,
        count(*) as row_count
    from {{ batch }}
    where job_number is not null
    group by job_company_code, job_number
)

select
    used.job_company_code,
    used.job_number,
    used.row_count
from jobs_of_slice as used
where
    not exists (
        select 1
        from {{ staged("jobs") }} as staged
        where
            staged.company_code = used.job_company_code
            and staged.job_number = used.job_number
            and staged._deleted_at is null
    )
    and exists (
        select 1
        from {{ staged("jobs") }} as staged
        where staged.company_code = used.job_company_code
    )
