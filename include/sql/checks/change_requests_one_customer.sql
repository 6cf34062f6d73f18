-- Numbers of change requests that a job has for several customers: Spectrum numbers the requests of a job as one (H2).
select
    job_number,
    change_request_number,
    string_agg(customer_code, ', ' order by customer_code) as customer_codes,
    count(*) as row_count
from {{ batch }}
group by company_code, job_number, change_request_number
having count(*) > 1
