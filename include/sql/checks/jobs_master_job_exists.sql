-- Master jobs that sub jobs name, but that are neither in the slice nor staged. The slice of a run that is narrowed to
-- some jobs need not hold the master.
select
    sub.master_job,
    count(*) as row_count
from {{ batch }} as sub
where
    sub.master_job is not null
    and not exists (
        select 1
        from {{ batch }} as landed
        where
            landed.company_code = sub.company_code
            and landed.job_number = sub.master_job
    )
    and not exists (
        select 1
        from {{ staged("jobs") }} as staged
        where
            staged.company_code = sub.company_code
            and staged.job_number = sub.master_job
            and staged._deleted_at is null
    )
group by sub.master_job
