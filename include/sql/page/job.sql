-- One job, and how new its costs are: null where they were never computed.
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
        select min(marts.rebuilt_at)
        from sync.marts
        where
            marts.company_code = jobs.company_code
            and marts.mart_name in ('job_cost_summary', 'job_cost_by_month')
    ) as computed_at
from spectrum.jobs
where
    jobs.company_code = {{ "company" | bound }}
    and jobs.job_number = {{ "job" | bound }}
