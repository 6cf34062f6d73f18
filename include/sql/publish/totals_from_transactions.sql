-- Job-to-date totals summed from the staged transactions, for the jobs that this publish touches, or for all. Projections and
-- estimates are Spectrum's own and come only with GetPhase.
create temporary table {{ summed | ident }} on commit drop as
with summed as (
    select
        {% for name, expression in selected %}
        {{ expression }} as {{ name | ident }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ staged | ident }}
    where
        company_code = {{ "company_code" | bound }}
        {% if not whole %}
        and job_number = any({{ "jobs" | bound }})
        {% endif %}
    group by company_code, job_number, phase_code, cost_type
)

select summed.*, md5(row({{ hashed | idents }})::text)::uuid as _row_hash
from summed
