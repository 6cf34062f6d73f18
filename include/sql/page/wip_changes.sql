-- The change requests of a job with their revenue as known at a moment, and whether each counts up to a month end: by
-- its approval, or where it is approved without a date. The same rule as in marts/wip_changes.sql. Each row carries the
-- total of those that count.
with revenues as (
    select
        customer_code,
        change_request_number,
        sum(cr_revenue) as amount
    from history.change_request_revenues_versions
    where
        company_code = {{ "company" | bound }}
        and job_number = {{ "job" | bound }}
        and _valid_from <= {{ "moment" | bound }}::timestamptz
        and (_valid_to > {{ "moment" | bound }}::timestamptz or _valid_to is null)
    group by customer_code, change_request_number
),

requests as (
    select
        request.customer_code,
        request.change_request_number,
        request.cr_description,
        request.change_order_number,
        request.approved_date,
        coalesce(status.description, request.status) as status,
        request.change_order_number is not null or coalesce(status.cr_type = any({{ "types" | bound }}::text[]), false)
            as approved
    from history.change_requests_versions as request
    left join history.change_request_statuses_versions as status
        on
            status.company_code = {{ "company" | bound }}
            and request.status = status.status_code
            and status._valid_from <= {{ "moment" | bound }}::timestamptz
            and (status._valid_to > {{ "moment" | bound }}::timestamptz or status._valid_to is null)
    where
        request.company_code = {{ "company" | bound }}
        and request.job_number = {{ "job" | bound }}
        and request._valid_from <= {{ "moment" | bound }}::timestamptz
        and (request._valid_to > {{ "moment" | bound }}::timestamptz or request._valid_to is null)
),

found as (
    select
        revenues.change_request_number,
        revenues.amount,
        request.cr_description,
        request.change_order_number,
        request.status,
        request.approved,
        request.approved_date,
        coalesce(
            request.approved
            and (request.approved_date <= {{ "month_end" | bound }} or request.approved_date is null),
            false
        ) as counted
    from revenues
    left join lateral (
        select requests.*
        from requests
        where
            revenues.change_request_number = requests.change_request_number
            -- A site may not show whose revenue it is.
            and revenues.customer_code in (requests.customer_code, '')
        order by requests.approved desc, requests.approved_date asc
        limit 1
    ) as request on true
)

select
    found.*,
    sum(found.amount) filter (where found.counted) over () as total
from found
order by found.change_request_number
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
