-- Streams whose newest application shows another original contract than the staged prime contract of the customer and
-- job. Silent where the contract, or its amount, is not staged.
with newest as (
    select distinct on (company_code, customer_code, job_number)
        company_code,
        customer_code,
        job_number,
        application_number,
        original_contract_amount
    from {{ batch }}
    where period_end_date is not null
    order by
        company_code asc,
        customer_code asc,
        job_number asc,
        period_end_date desc,
        length(application_number) desc,
        application_number desc
)

select
    newest.customer_code,
    newest.job_number,
    newest.application_number,
    newest.original_contract_amount,
    contract.original_contract as contract_amount,
    newest.original_contract_amount - contract.original_contract as difference,
    1 as row_count
from newest
inner join {{ staged("prime_contracts") }} as contract
    on
        newest.company_code = contract.company_code
        and newest.customer_code = contract.customer_code
        and newest.job_number = contract.job_number
where
    contract._deleted_at is null
    and contract.original_contract <> 0
    and newest.original_contract_amount <> contract.original_contract
