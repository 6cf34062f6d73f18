-- One job, and how new its costs are.
select
    jobs.company_code,
    jobs.job_number,
    jobs.job_description,
    jobs.status_code,
    jobs.customer_code,
    jobs.start_date,
    jobs.est_complete_date,
    jobs.complete_date,
    jobs.original_contract,
    (
        select max(marts.rebuilt_at)
        from sync.marts
        where marts.company_code = jobs.company_code
    ) as computed_at
from spectrum.jobs
where
    jobs.company_code = {{ "company" | bound }}
    and jobs.job_number = {{ "job" | bound }}
