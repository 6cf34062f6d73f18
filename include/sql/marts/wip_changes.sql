-- The approved revenue of change requests of each job by the day of their approval, as known at each moment. Where the site
-- does not show which customer revenue is of, it is that of all requests of the number.
create temporary table _wip_changes on commit drop as
with moments as (
    select distinct
        known,
        moment
    from _wip_points
),

revenues as (
    select
        moments.known,
        moments.moment,
        revenue.job_number,
        revenue.customer_code,
        revenue.change_request_number,
        sum(revenue.cr_revenue) as amount
    from history.change_request_revenues_versions as revenue
    inner join moments
        on
            revenue._valid_from <= moments.moment
            and (revenue._valid_to > moments.moment or revenue._valid_to is null)
    where revenue.company_code = {{ "company_code" | bound }}
    group by
        moments.known, moments.moment, revenue.job_number, revenue.customer_code, revenue.change_request_number
),

approved as (
    select
        moments.known,
        moments.moment,
        request.job_number,
        request.customer_code,
        request.change_request_number,
        request.approved_date
    from history.change_requests_versions as request
    inner join moments
        on
            request._valid_from <= moments.moment
            and (request._valid_to > moments.moment or request._valid_to is null)
    left join history.change_request_statuses_versions as status
        on
            status.company_code = {{ "company_code" | bound }}
            and request.status = status.status_code
            and moments.moment >= status._valid_from
            and (moments.moment < status._valid_to or status._valid_to is null)
    where
        request.company_code = {{ "company_code" | bound }}
        and (request.change_order_number is not null or status.cr_type = any({{ "change_types" | bound }}))
)

select
    revenues.known,
    revenues.moment,
    revenues.job_number,
    approved.approved_date,
    sum(revenues.amount) as amount
from revenues
inner join _wip_jobs as jobs
    on
        revenues.known = jobs.known
        and revenues.moment = jobs.moment
        and revenues.job_number = jobs.job_number
inner join lateral (
    select min(found.approved_date) as approved_date
    from approved as found
    where
        revenues.known = found.known
        and revenues.moment = found.moment
        and revenues.job_number = found.job_number
        and revenues.change_request_number = found.change_request_number
        and revenues.customer_code in (found.customer_code, '')
    having count(*) > 0
) as approved on true
group by revenues.known, revenues.moment, revenues.job_number, approved.approved_date
