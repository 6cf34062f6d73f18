-- Cost at completion of each job as known at each moment: now, that of job_cost_summary; then, by the same definition, of
-- what was staged then.
{% import "marts/cost_at_completion.sql" as completion %}
create temporary table _wip_at_completion on commit drop as
with moments as (
    select distinct moment
    from _wip_points
    where known = 'then'
),

{% for table in ["budgets", "job_cost_totals", "projections", "jobs"] %}
{{ table }} as (
    select
        moments.moment,
        versions.*
    from {{ ("history." ~ table ~ "_versions") | ident }} as versions
    inner join moments
        on
            versions._valid_from <= moments.moment
            and (versions._valid_to > moments.moment or versions._valid_to is null)
    where versions.company_code = {{ "company_code" | bound }}
),

{% endfor %}
spent as (
    select
        moment,
        job_number,
        phase_code,
        cost_type,
        sum(amount) as actual_cost
    from (
        select
            moments.moment,
            summary.job_number,
            summary.phase_code,
            summary.cost_type,
            summary.actual_cost as amount
        from marts.job_cost_summary as summary
        cross join moments
        where summary.company_code = {{ "company_code" | bound }}
        union all
        select
            moments.moment,
            moves.job_number,
            moves.phase_code,
            moves.cost_type,
            -moves.amount as amount
        from _wip_moves as moves
        inner join moments on moves.moment > moments.moment
    ) as both_sides
    group by moment, job_number, phase_code, cost_type
),

codes as (
    {% for relation in ["spent", "budgets", "job_cost_totals", "projections"] %}
    select
        moment,
        job_number,
        phase_code,
        cost_type
    from {{ relation }}
    {{ "union" if not loop.last }}
    {% endfor %}
),

joined as (
    select
        codes.moment,
        codes.job_number,
        coalesce(budget.current_estimate, 0) as current_estimate,
        coalesce(spent.actual_cost, 0) as actual_cost,
        {{ completion.entered_projection() }} as entered_projection,
        coalesce(job.status_code = 'C', false) as job_complete
    from codes
    {% for relation, alias in [
        ("spent", "spent"), ("budgets", "budget"), ("job_cost_totals", "total"), ("projections", "projection")
    ] %}
    left join {{ relation }}{{ " as " ~ alias if alias != relation }}
        on
            codes.moment = {{ alias }}.moment
            and codes.job_number = {{ alias }}.job_number
            and codes.phase_code = {{ alias }}.phase_code
            and codes.cost_type = {{ alias }}.cost_type
    {% endfor %}
    left join jobs as job
        on
            codes.moment = job.moment
            and codes.job_number = job.job_number
),

{{ completion.at_completion() }}

select
    'then' as known,
    moment,
    job_number,
    sum(cost_at_completion) as cost_at_completion
from at_completion
group by moment, job_number
union all
select
    'now' as known,
    'infinity'::timestamptz as moment,
    summary.job_number,
    sum(summary.cost_at_completion) as cost_at_completion
from marts.job_cost_summary as summary
where
    summary.company_code = {{ "company_code" | bound }}
    and (
        {{ "all_jobs" | bound }}
        or summary.job_number in (select changed.job_number from _wip_changed_jobs as changed)
    )
group by summary.job_number
