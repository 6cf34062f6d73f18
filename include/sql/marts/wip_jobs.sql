-- The jobs of the schedule as known at each moment, and the first day that anything of them is dated: before it a job was
-- not there. One of which nothing is dated is there at every month end.
create temporary table _wip_jobs on commit drop as
with moments as (
    select distinct
        known,
        moment
    from _wip_points
),

dated as (
    select
        known,
        moment,
        job_number,
        month as first_day
    from _wip_posted
    {% for table, day in [
        ("jobs", "least(versions.create_date, versions.start_date)"),
        ("prime_contracts", "versions.contract_date"),
        ("billing_applications", "coalesce(versions.period_end_date, versions.application_date)"),
        ("receivable_invoices", "versions.invoice_date")
    ] %}
    union all
    select
        moments.known,
        moments.moment,
        versions.job_number,
        {{ day }} as first_day
    from {{ ("history." ~ table ~ "_versions") | ident }} as versions
    inner join moments
        on
            versions._valid_from <= moments.moment
            and (versions._valid_to > moments.moment or versions._valid_to is null)
    where
        versions.company_code = {{ "company_code" | bound }}
        and versions.job_number is not null
    {% endfor %}
)

select
    known,
    moment,
    job_number,
    min(first_day) as first_day
from dated
where
    known = 'then'
    or {{ "all_jobs" | bound }}
    or job_number in (select changed.job_number from _wip_changed_jobs as changed)
group by known, moment, job_number
