-- Statuses of change requests that the company has not defined, compared with those of the same run.
-- Silent while no status of the company has been read.
select
    request.status,
    count(*) as row_count
from {{ batch }} as request
where
    request.status is not null
    and not exists (
        select 1
        from {{ slice("change_request_statuses") }} as defined
        where
            defined.company_code = request.company_code
            and defined.status_code = request.status
    )
    and exists (
        select 1
        from {{ slice("change_request_statuses") }} as defined
        where defined.company_code = request.company_code
    )
group by request.status
