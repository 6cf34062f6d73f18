-- The change requests of a customer's contract for a job, with their revenue and whether it counts: the same rule as in
-- job_customers.sql. Each row carries the total of those that count. Requests without revenue change no contract; their
-- amount is null.
with revenues as (
    select
        change_request_number,
        sum(cr_revenue) as amount
    from spectrum.change_request_revenues
    where
        company_code = {{ "company" | bound }}
        and job_number = {{ "job" | bound }}
        and customer_code = {{ "customer" | bound }}
        and _deleted_at is null
    group by change_request_number
),

requests as (
    select distinct on (request.change_request_number)
        request.change_request_number,
        request.cr_description,
        request.status,
        status.description as status_description,
        request.change_order_number,
        request.origination_date,
        request.approved_date,
        request.change_order_number is not null or coalesce(status.cr_type = any({{ "types" | bound }}::text[]), false)
            as approved
    from spectrum.change_requests as request
    left join spectrum.change_request_statuses as status
        on
            request.company_code = status.company_code
            and request.status = status.status_code
            and status._deleted_at is null
    where
        request.company_code = {{ "company" | bound }}
        and request.job_number = {{ "job" | bound }}
        and {{ "customer" | bound }} in (request.customer_code, '')
        and request._deleted_at is null
    order by request.change_request_number, approved desc
)

select
    coalesce(requests.change_request_number, revenues.change_request_number) as change_request_number,
    requests.cr_description,
    requests.status,
    requests.status_description,
    requests.change_order_number,
    requests.origination_date,
    requests.approved_date,
    revenues.amount,
    requests.change_request_number is not null as request_staged,
    coalesce(requests.approved, false) as counted,
    sum(revenues.amount) filter (where requests.approved) over () as total
from requests
full join revenues on requests.change_request_number = revenues.change_request_number
order by coalesce(requests.change_request_number, revenues.change_request_number)
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
