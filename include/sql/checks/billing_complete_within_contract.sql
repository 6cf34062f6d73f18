-- Applications by which more is complete and stored than the revised contract. Silent where the site shows no contract
-- amount, or the contract has none.
select
    customer_code,
    job_number,
    application_number,
    revised_contract_amount,
    complete_to_date + coalesce(material_stored, 0) as complete_and_stored,
    complete_to_date + coalesce(material_stored, 0) - revised_contract_amount as beyond_contract,
    1 as row_count
from {{ batch }}
where
    revised_contract_amount > 0
    and complete_to_date + coalesce(material_stored, 0) > revised_contract_amount
