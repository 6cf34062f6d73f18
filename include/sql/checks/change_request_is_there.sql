-- Change requests that lines belong to, but that are not there, compared with those of the same run. A site may not
-- show a part of their key, which is blank then in every line: of such lines nobody can tell.
-- Silent while no change request of the company has been read.
with requests_of_slice as (
    select
        company_code,
        job_number,
        customer_code,
        change_request_number,
        count(*) as row_count
    from {{ batch }}
    where
        job_number <> ''
        and customer_code <> ''
        and change_request_number <> ''
    group by company_code, job_number, customer_code, change_request_number
)

select
    used.job_number,
    used.customer_code,
    used.change_request_number,
    used.row_count
from requests_of_slice as used
where
    not exists (
        select 1
        from {{ slice("change_requests") }} as request
        where
            request.company_code = used.company_code
            and request.job_number = used.job_number
            and request.customer_code = used.customer_code
            and request.change_request_number = used.change_request_number
    )
    and exists (
        select 1
        from {{ slice("change_requests") }} as request
        where request.company_code = used.company_code
    )
