-- One job, how complete its sums say it is, and how new its costs are: null where they were never computed.
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
        select
            case
                when sum(summary.cost_at_completion) > 0
                    then round(100 * greatest(sum(summary.actual_cost), 0) / sum(summary.cost_at_completion), 2)
            end
        from marts.job_cost_summary as summary
        where
            summary.company_code = jobs.company_code
            and summary.job_number = jobs.job_number
    ) as percent_complete,
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
