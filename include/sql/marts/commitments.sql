-- What is committed on the phases and cost types that may have changed: lines of subcontracts and their executed changes,
-- of all that are not known to be inactive or deleted, and lines of purchase orders. Lines without a job, such as those
-- whose subcontract is not there, are on none.
create temporary table _commitments on commit drop as
with billing as (
    select count(amount_billed_to_date) > 0 as is_shown
    from spectrum.subcontract_items
    where
        company_code = {{ "company_code" | bound }}
        and _deleted_at is null
),

subcontract_lines as (
    select
        item.job_number,
        item.vendor_code,
        item.subcontract_number,
        item.phase_code,
        item.cost_type,
        item.original_contract_amount as original_amount,
        0 as executed_changes,
        item.amount_billed_to_date as incurred_amount
    from _changed_commitments as changed
    inner join spectrum.subcontract_items as item
        on
            item.company_code = {{ "company_code" | bound }}
            and changed.job_number = item.job_number
            and changed.phase_code = item.phase_code
            and changed.cost_type = item.cost_type
    where item._deleted_at is null and item.job_number <> ''
    union all
    select
        change.job_number,
        change.vendor_code,
        change.subcontract_number,
        change.phase_code,
        change.cost_type,
        0 as original_amount,
        change.sub_amount as executed_changes,
        0 as incurred_amount
    from _changed_commitments as changed
    inner join spectrum.subcontract_changes as change
        on
            change.company_code = {{ "company_code" | bound }}
            and changed.job_number = change.job_number
            and changed.phase_code = change.phase_code
            and changed.cost_type = change.cost_type
    where change._deleted_at is null and change.sub_status = 'E'
),

found as (
    select
        'subcontract' as kind,
        lines.subcontract_number as document_number,
        lines.vendor_code,
        lines.job_number,
        lines.phase_code,
        lines.cost_type,
        sum(lines.original_amount) as original_amount,
        sum(lines.executed_changes) as executed_changes,
        sum(lines.original_amount) + sum(lines.executed_changes) as committed_amount,
        -- Nothing is invoiced on a change itself. Only where the site shows of no line what is invoiced is it not known.
        case when billing.is_shown then coalesce(sum(lines.incurred_amount), 0) end as incurred_amount,
        case
            when billing.is_shown
                then
                    sum(lines.original_amount) + sum(lines.executed_changes) - coalesce(sum(lines.incurred_amount), 0)
        end as open_amount
    from subcontract_lines as lines
    cross join billing
    left join spectrum.subcontracts as subcontract
        on
            subcontract.company_code = {{ "company_code" | bound }}
            and lines.job_number = subcontract.job_number
            and lines.vendor_code = subcontract.vendor_code
            and lines.subcontract_number = subcontract.subcontract_number
    where subcontract._deleted_at is null and subcontract.status_code is distinct from 'I'
    group by
        lines.subcontract_number, lines.vendor_code, lines.job_number, lines.phase_code, lines.cost_type,
        billing.is_shown
    union all
    select
        'purchase order' as kind,
        line.po_number as document_number,
        coalesce(orders.vendor_code, '') as vendor_code,
        changed.job_number,
        changed.phase_code,
        changed.cost_type,
        -- A site may not show one of the amounts: some lines' are no sum of all.
        case when count(*) = count(line.line_extension) then sum(line.line_extension) end as original_amount,
        0 as executed_changes,
        case when count(*) = count(line.line_extension) then sum(line.line_extension) end as committed_amount,
        case when count(*) = count(line.received_extension) then sum(line.received_extension) end as incurred_amount,
        -- What came beyond one line does not make up for what is to come on another; a line below 0 is a credit.
        case
            when count(*) = count(line.open_amount)
                then
                    sum(
                        case
                            when line.line_extension >= 0 then greatest(line.open_amount, 0)
                            else least(line.open_amount, 0)
                        end
                    )
        end as open_amount
    from _changed_commitments as changed
    inner join spectrum.purchase_order_lines as line
        on
            line.company_code = {{ "company_code" | bound }}
            and changed.job_number = line.job_number
            and changed.phase_code = coalesce(line.phase_code, '')
            and changed.cost_type = coalesce(line.cost_type, '')
    left join spectrum.purchase_orders as orders
        on
            orders.company_code = {{ "company_code" | bound }}
            and line.po_number = orders.po_number
    where line._deleted_at is null and orders._deleted_at is null
    group by line.po_number, orders.vendor_code, changed.job_number, changed.phase_code, changed.cost_type
)

select
    {{ "company_code" | bound }}::text as company_code,
    found.*,
    false as is_gone
from found
union all
-- What was committed on them, and is no longer.
select
    known.company_code,
    known.kind,
    known.document_number,
    known.vendor_code,
    known.job_number,
    known.phase_code,
    known.cost_type,
    known.original_amount,
    known.executed_changes,
    known.committed_amount,
    known.incurred_amount,
    known.open_amount,
    true as is_gone
from _changed_commitments as changed
inner join marts.commitments as known
    on
        known.company_code = {{ "company_code" | bound }}
        and changed.job_number = known.job_number
        and changed.phase_code = known.phase_code
        and changed.cost_type = known.cost_type
where
    not exists (
        select 1 from found
        where
            known.kind = found.kind
            and known.document_number = found.document_number
            and known.vendor_code = found.vendor_code
            and known.job_number = found.job_number
            and known.phase_code = found.phase_code
            and known.cost_type = found.cost_type
    )
