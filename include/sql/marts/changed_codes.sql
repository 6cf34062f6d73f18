-- The phases and cost types whose summary may differ: their cost, budget, projection, description or commitments changed,
-- or their job, which may be complete now.
-- A table of which nothing was synced since is not looked at: `since` is infinity then.
create temporary table _changed_codes on commit drop as
select
    job_number,
    phase_code,
    cost_type
from _job_cost_by_month
union
select
    job_number,
    phase_code,
    cost_type
from _changed_commitments
{% for table in ["budgets", "projections", "job_cost_totals", "project_cost_codes"] %}
union
select
    job_number,
    phase_code,
    cost_type
from spectrum.{{ table | ident }}
where
    company_code = {{ "company_code" | bound }}
    and {{ ("since_" ~ table) | bound }}::timestamptz < 'infinity'
    and greatest(_changed_at, _deleted_at) >= {{ ("since_" ~ table) | bound }}
{% endfor %}
union
select
    summary.job_number,
    summary.phase_code,
    summary.cost_type
from spectrum.jobs as job
inner join marts.job_cost_summary as summary
    on
        summary.company_code = {{ "company_code" | bound }}
        and job.job_number = summary.job_number
where
    job.company_code = {{ "company_code" | bound }}
    and {{ "since_jobs" | bound }}::timestamptz < 'infinity'
    and greatest(job._changed_at, job._deleted_at) >= {{ "since_jobs" | bound }}
union
-- Written before anything was known of commitments. Where there are none, 0 is known now.
select
    job_number,
    phase_code,
    cost_type
from marts.job_cost_summary
where
    company_code = {{ "company_code" | bound }}
    and {{ "since_subcontracts" | bound }}::timestamptz < 'infinity'
    and committed_cost is null
    and exists (select 1 from _commitments_known)
