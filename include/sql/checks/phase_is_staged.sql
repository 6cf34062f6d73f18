-- Job, phase and cost type of the slice that are not among the living staged project cost codes: the phase does not
-- belong to the job, or not with that cost type. Distinct ones first: a slice may hold a million rows. A blank phase is
-- none: where a key may lack it, nobody knows it yet, or the site does not show it.
-- Silent while no project cost code of the company has ever been staged.
with codes_of_slice as (
    select
        company_code,
        job_number,
        phase_code,
        cost_type,
        count(*) as row_count
    from {{ batch }}
    where num_nulls(job_number, phase_code, cost_type) = 0 and phase_code <> ''
    group by company_code, job_number, phase_code, cost_type
)

select
    used.job_number,
    used.phase_code,
    used.cost_type,
    used.row_count
from codes_of_slice as used
where
    not exists (
        select 1
        from {{ staged("project_cost_codes") }} as staged
        where
            staged.company_code = used.company_code
            and staged.job_number = used.job_number
            and staged.phase_code = used.phase_code
            and staged.cost_type = used.cost_type
            and staged._deleted_at is null
    )
    and exists (
        select 1
        from {{ staged("project_cost_codes") }} as staged
        where staged.company_code = used.company_code
    )
