-- What was posted to each job and month, as known at each moment: what is known now, less what has moved since.
create temporary table _wip_posted on commit drop as
with moments as (
    select distinct
        known,
        moment
    from _wip_points
),

posted as (
    select
        by_month.job_number,
        by_month.month,
        sum(by_month.actual_cost) as amount,
        sum(by_month.transactions) as postings
    from marts.job_cost_by_month as by_month
    where by_month.company_code = {{ "company_code" | bound }}
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
        -moved.amount,
        -moved.postings
    from moved
    inner join moments on moved.moment > moments.moment
) as both_sides
group by known, moment, job_number, month
having sum(postings) <> 0
