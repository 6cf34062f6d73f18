-- What was posted to each job and month, as known at each moment: what is known now, less what has moved since.
create temporary table _wip_posted on commit drop as
with moments as (
    select distinct
        known,
        moment
    from _wip_points
),

everything as (
    select {{ "all_jobs" | bound }} or exists (select 1 from moments where moments.known = 'then') as is_needed
),

-- Few jobs are looked up one by one; of all of them, everything is read.
posted as (
    select
        by_month.job_number,
        by_month.month,
        sum(by_month.actual_cost) as amount,
        sum(by_month.transactions) as postings
    from marts.job_cost_by_month as by_month
    where
        by_month.company_code = {{ "company_code" | bound }}
        and (select everything.is_needed from everything)
    group by by_month.job_number, by_month.month
    union all
    select
        by_month.job_number,
        by_month.month,
        sum(by_month.actual_cost) as amount,
        sum(by_month.transactions) as postings
    from _wip_changed_jobs as changed
    inner join marts.job_cost_by_month as by_month
        on
            by_month.company_code = {{ "company_code" | bound }}
            and changed.job_number = by_month.job_number
    where not (select everything.is_needed from everything)
    group by by_month.job_number, by_month.month
),

moved as (
    select
        job_number,
        month,
        moment,
        sum(amount) as amount,
        sum(postings) as postings
    from _wip_moves
    group by job_number, month, moment
)

select
    known,
    moment,
    job_number,
    month,
    sum(amount) as amount
from (
    select
        moments.known,
        moments.moment,
        posted.job_number,
        posted.month,
        posted.amount,
        posted.postings
    from posted
    inner join moments
        on
            moments.known = 'then'
            or {{ "all_jobs" | bound }}
            or posted.job_number in (select changed.job_number from _wip_changed_jobs as changed)
    union all
    select
        moments.known,
        moments.moment,
        moved.job_number,
        moved.month,
        -moved.amount as amount,
        -moved.postings as postings
    from moved
    inner join moments on moved.moment > moments.moment
) as both_sides
group by known, moment, job_number, month
having sum(postings) <> 0
