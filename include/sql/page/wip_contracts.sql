-- The contracts of a job as known at a moment. Each row carries the total of all of them.
select
    contract.customer_code,
    customer.name as customer_name,
    contract.contract_number,
    contract.contract_description,
    contract.price_method_code,
    contract.contract_date,
    contract.original_contract as amount,
    case
        when count(*) over () = count(contract.original_contract) over ()
            then sum(contract.original_contract) over ()
    end as total
from history.prime_contracts_versions as contract
left join spectrum.customers as customer
    on
        customer.company_code = {{ "company" | bound }}
        and contract.customer_code = customer.customer_code
        and customer._deleted_at is null
where
    contract.company_code = {{ "company" | bound }}
    and contract.job_number = {{ "job" | bound }}
    and contract._valid_from <= {{ "moment" | bound }}::timestamptz
    and (contract._valid_to > {{ "moment" | bound }}::timestamptz or contract._valid_to is null)
order by contract.customer_code
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
