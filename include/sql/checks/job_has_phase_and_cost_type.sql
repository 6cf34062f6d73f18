-- Rows that name a job, but not both a phase and a cost type of it: no line of a budget shows them.
select
    job_number,
    phase_code,
    cost_type,
    count(*) as row_count
from {{ batch }}
where job_number is not null and num_nulls(phase_code, cost_type) > 0
group by job_number, phase_code, cost_type
