-- Phases of a job whose cost types have different descriptions, though the description belongs to the phase (B2).
select
    job_number,
    phase_code,
    min(description) as one_description,
    max(description) as other_description,
    count(*) as row_count
from {{ batch }}
group by company_code, job_number, phase_code
having min(description) <> max(description)
