-- Contracts that rows of the slice belong to, but that do not exist, compared with the contracts of the same run or, in
-- another one, with those that are staged. Silent while no contract of the company has been read.
with contracts_of_slice as (
    select
        company_code,
        customer_code,
        job_number,
        count(*) as row_count
    from {{ batch }}
    group by company_code, customer_code, job_number
)

select
    used.customer_code,
    used.job_number,
    used.row_count
from contracts_of_slice as used
where
    not exists (
        select 1
        from {{ slice("prime_contracts") }} as contract
        where
            contract.company_code = used.company_code
            and contract.customer_code = used.customer_code
            and contract.job_number = used.job_number
    )
    and exists (
        select 1
        from {{ slice("prime_contracts") }} as contract
        where contract.company_code = used.company_code
    )
