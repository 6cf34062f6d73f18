-- Cost by month, of every phase and cost type with a posting that came or went.
{% set place = "posting" if whole else "changed" %}
create temporary table _job_cost_by_month on commit drop as
select
    {{ "company_code" | bound }}::text as company_code,
    {{ place }}.job_number,
    {{ place }}.phase_code,
    {{ place }}.cost_type,
    to_date({{ place }}._month, 'YYYYMM') as month,
    sum(posting.tran_amount) as actual_cost,
    coalesce(sum(posting.total_hours), 0) as actual_hours,
    coalesce(sum(posting.quantity), 0) as actual_quantity,
    count(posting.job_number) as transactions,
    count(posting.job_number) = 0 as is_gone
{% if whole %}
from spectrum.job_cost_transactions as posting
where posting.company_code = {{ "company_code" | bound }}
{% else %}
from (
    select distinct
        job_number,
        phase_code,
        cost_type,
        _month
    from _changed_postings
) as changed
left join spectrum.job_cost_transactions as posting
    on
        posting.company_code = {{ "company_code" | bound }}
        and changed.job_number = posting.job_number
        and changed.phase_code = posting.phase_code
        and changed.cost_type = posting.cost_type
        and changed._month = posting._month
{% endif %}
group by {{ place }}.job_number, {{ place }}.phase_code, {{ place }}.cost_type, {{ place }}._month
