-- The lines of a subcontract and its changes, with whether each is in what was agreed: changes that were executed are.
-- Each row carries the total of those that are.
with lines as (
    select
        item.phase_code,
        item.cost_type,
        null::text as change_request_number,
        nullif(item.bid_item_number, '') as bid_item_number,
        item.bill_description as description,
        item.original_contract_amount as amount,
        item.amount_billed_to_date as invoiced,
        null::text as change_status,
        true as counted
    from spectrum.subcontract_items as item
    where
        item.company_code = {{ "company" | bound }}
        and item.job_number = {{ "job" | bound }}
        and item.vendor_code = {{ "vendor" | bound }}
        and item.subcontract_number = {{ "number" | bound }}
        and item._deleted_at is null
    union all
    select
        change.phase_code,
        change.cost_type,
        change.change_request_number,
        null::text as bid_item_number,
        null::text as description,
        change.sub_amount as amount,
        null::numeric as invoiced,
        change.sub_status as change_status,
        coalesce(change.sub_status = 'E', false) as counted
    from spectrum.subcontract_changes as change
    where
        change.company_code = {{ "company" | bound }}
        and change.job_number = {{ "job" | bound }}
        and change.vendor_code = {{ "vendor" | bound }}
        and change.subcontract_number = {{ "number" | bound }}
        and change._deleted_at is null
)

select
    lines.*,
    sum(lines.amount) filter (where lines.counted) over () as total
from lines
order by lines.change_request_number nulls first, lines.phase_code, lines.cost_type, lines.bid_item_number
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
