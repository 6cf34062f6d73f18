-- What is behind a committed amount: the lines of subcontracts on a phase and cost type of a job, the changes of those,
-- and lines of purchase orders, with whether each counts. The same rule as in marts/commitments.sql.
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
),

found as (
    select
        'subcontract' as kind,
        lines.subcontract_number as document_number,
        lines.vendor_code,
        lines.change_request_number,
        lines.bid_item_number as line,
        lines.amount,
        lines.change_status,
        subcontract.status_code,
        subcontract.date_issued,
        (
            lines.counts and subcontract._deleted_at is null and subcontract.status_code is distinct from 'I'
        ) as counted
    from lines
    left join spectrum.subcontracts as subcontract
        on
            subcontract.company_code = {{ "company" | bound }}
            and subcontract.job_number = {{ "job" | bound }}
            and lines.vendor_code = subcontract.vendor_code
            and lines.subcontract_number = subcontract.subcontract_number
    union all
    select
        'purchase order' as kind,
        line.po_number as document_number,
        orders.vendor_code,
        null as change_request_number,
        line.line_number as line,
        line.line_extension as amount,
        null as change_status,
        null as status_code,
        orders.order_date as date_issued,
        orders._deleted_at is null as counted
    from spectrum.purchase_order_lines as line
    left join spectrum.purchase_orders as orders
        on
            orders.company_code = {{ "company" | bound }}
            and line.po_number = orders.po_number
    where
        line.company_code = {{ "company" | bound }}
        and line.job_number = {{ "job" | bound }}
        and coalesce(line.phase_code, '') = {{ "phase" | bound }}
        and coalesce(line.cost_type, '') = {{ "cost_type" | bound }}
        and line._deleted_at is null
)

select
    found.kind,
    found.document_number,
    found.vendor_code,
    vendor.vendor_name,
    found.change_request_number,
    found.line,
    found.amount,
    found.change_status,
    found.status_code,
    found.date_issued,
    found.counted,
    -- A site may not show the amount of orders: a part of the amounts is no total.
    case
        when count(*) filter (where found.counted) over () = count(found.amount) filter (where found.counted) over ()
            then sum(found.amount) filter (where found.counted) over ()
    end as total
from found
left join spectrum.vendors as vendor
    on
        vendor.company_code = {{ "company" | bound }}
        and found.vendor_code = vendor.vendor_code
        and vendor._deleted_at is null
order by
    found.kind desc,
    found.vendor_code,
    found.document_number,
    found.change_request_number nulls first,
    length(found.line),
    found.line
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
