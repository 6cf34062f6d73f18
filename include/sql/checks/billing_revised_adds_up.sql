-- Applications whose original contract and changes do not add up to the revised contract that they show.
select
    customer_code,
    job_number,
    application_number,
    original_contract_amount,
    change_order_total,
    revised_contract_amount,
    revised_contract_amount - original_contract_amount - change_order_total as difference,
    1 as row_count
from {{ batch }}
where revised_contract_amount <> original_contract_amount + change_order_total
