-- Contracts whose schedule of values does not add up to them (I4), compared with the lines of the same run. A contract
-- without lines counts only if it has a fixed price; unit price contracts are not supported (I1) and left out.
-- Silent while no line of the company has been read.
with schedules as (
    select
        company_code,
        customer_code,
        job_number,
        sum(original_contract) as lines_total,
        count(*) as line_count
    from {{ slice("prime_contract_items") }}
    group by company_code, customer_code, job_number
)

select
    contract.customer_code,
    contract.job_number,
    contract.original_contract,
    schedule.lines_total,
    coalesce(schedule.line_count, 0) as line_count,
    1 as row_count
from {{ batch }} as contract
left join schedules as schedule
    on
        contract.company_code = schedule.company_code
        and contract.customer_code = schedule.customer_code
        and contract.job_number = schedule.job_number
where
    contract.price_method_code is distinct from 'U'
    and contract.original_contract <> coalesce(schedule.lines_total, 0)
    and (schedule.line_count is not null or contract.price_method_code = 'F')
    and exists (
        select 1
        from schedules as anything
        where anything.company_code = contract.company_code
    )
