-- Jobs with what they cost, by number, continued after one of them. Where the marts hold nothing of a job, its figures
-- are null: not known, or nothing was ever entered; 0 would be a statement. A job is as complete as its sums say.
select
    page.company_code,
    page.job_number,
    page.job_description,
    page.status_code,
    costs.current_estimate,
    costs.actual_cost,
    costs.projected_cost,
    costs.cost_at_completion,
    costs.cost_floor_used,
    costs.variance,
    case
        when costs.cost_at_completion > 0
            then round(100 * greatest(costs.actual_cost, 0) / costs.cost_at_completion, 2)
    end as percent_complete,
    concat_ws('/', page.company_code, page.job_number) as job_key
from (
    select
        jobs.company_code,
        jobs.job_number,
        jobs.job_description,
        jobs.status_code
    from spectrum.jobs
    where
        jobs._deleted_at is null
        and jobs.company_code = any({{ "companies" | bound }})
        and (not {{ "active" | bound }}::boolean or jobs.status_code = 'A')
        and (
            {{ "search" | bound }}::text is null
            or strpos(
                lower(concat_ws(' ', jobs.job_number, jobs.job_description)),
                lower({{ "search" | bound }}::text)
            ) > 0
        )
        and (
            {{ "after" | bound }}::text is null
            or concat_ws('/', jobs.company_code, jobs.job_number) collate "C" > {{ "after" | bound }}::text
        )
    order by concat_ws('/', jobs.company_code, jobs.job_number) collate "C"
    limit {{ "limit" | bound }}
) as page
left join lateral (
    select
        sum(summary.current_estimate) as current_estimate,
        sum(summary.actual_cost) as actual_cost,
        sum(summary.projected_cost) as projected_cost,
        sum(summary.cost_at_completion) as cost_at_completion,
        bool_or(summary.cost_floor_used) as cost_floor_used,
        sum(summary.variance) as variance
    from marts.job_cost_summary as summary
    where
        summary.company_code = page.company_code
        and summary.job_number = page.job_number
) as costs on true
order by concat_ws('/', page.company_code, page.job_number) collate "C"
