-- What is behind a committed amount: the lines of subcontracts on a phase and cost type of a job, and the changes of
-- those, with whether each counts. The same rule as in marts/commitments.sql.
with lines as (
    select
        item.vendor_code,
        item.subcontract_number,
        null::text as change_request_number,
        nullif(item.bid_item_number, '') as bid_item_number,
        item.original_contract_amount as amount,
        null::text as change_status,
        true as counts
    from spectrum.subcontract_items as item
    where
        item.company_code = {{ "company" | bound }}
        and item.job_number = {{ "job" | bound }}
        and item.phase_code = {{ "phase" | bound }}
        and item.cost_type = {{ "cost_type" | bound }}
        and item._deleted_at is null
    union all
    select
        change.vendor_code,
        change.subcontract_number,
        change.change_request_number,
        null::text as bid_item_number,
        change.sub_amount as amount,
        change.sub_status as change_status,
        coalesce(change.sub_status = 'E', false) as counts
    from spectrum.subcontract_changes as change
    where
        change.company_code = {{ "company" | bound }}
        and change.job_number = {{ "job" | bound }}
        and change.phase_code = {{ "phase" | bound }}
        and change.cost_type = {{ "cost_type" | bound }}
        and change._deleted_at is null
)

select
    lines.vendor_code,
    vendor.vendor_name,
    lines.subcontract_number,
    lines.change_request_number,
    lines.bid_item_number,
    lines.amount,
    lines.change_status,
    subcontract.status_code,
    subcontract.date_issued,
    counting.counted,
    sum(lines.amount) filter (where counting.counted) over () as total
from lines
left join spectrum.subcontracts as subcontract
    on
        subcontract.company_code = {{ "company" | bound }}
        and subcontract.job_number = {{ "job" | bound }}
        and lines.vendor_code = subcontract.vendor_code
        and lines.subcontract_number = subcontract.subcontract_number
inner join lateral (
    select (
        lines.counts and subcontract._deleted_at is null and subcontract.status_code is distinct from 'I'
    ) as counted
) as counting on true
left join spectrum.vendors as vendor
    on
        vendor.company_code = {{ "company" | bound }}
        and lines.vendor_code = vendor.vendor_code
        and vendor._deleted_at is null
order by
    lines.vendor_code,
    lines.subcontract_number,
    lines.change_request_number nulls first,
    lines.bid_item_number
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
