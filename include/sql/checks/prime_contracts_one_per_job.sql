-- Jobs with more than one prime contract (I2).
select
    job_number,
    string_agg(customer_code, ', ' order by customer_code) as customer_codes,
    count(*) as row_count
from {{ batch }}
group by company_code, job_number
having count(*) > 1
