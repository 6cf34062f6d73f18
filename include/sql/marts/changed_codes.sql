-- The phases and cost types whose summary may differ: their cost, budget, projection, description or commitments changed.
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
from spectrum.budgets
where
    company_code = {{ "company_code" | bound }}
    and greatest(_changed_at, _deleted_at) >= {{ "since_budgets" | bound }}
union
select
    job_number,
    phase_code,
    cost_type
from spectrum.job_cost_totals
where
    company_code = {{ "company_code" | bound }}
    and greatest(_changed_at, _deleted_at) >= {{ "since_job_cost_totals" | bound }}
union
select
    job_number,
    phase_code,
    cost_type
from spectrum.project_cost_codes
where
    company_code = {{ "company_code" | bound }}
    and greatest(_changed_at, _deleted_at) >= {{ "since_project_cost_codes" | bound }}
union
select
    job_number,
    phase_code,
    cost_type
from _commitments
where is_news
union
-- Written before anything was known of commitments. Where there are none, 0 is known now.
select
    job_number,
    phase_code,
    cost_type
from marts.job_cost_summary
where
    company_code = {{ "company_code" | bound }}
    and committed_cost is null
    and exists (select 1 from _commitments_known)
