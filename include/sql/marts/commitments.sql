-- What is committed on the phases and cost types that may have changed: lines of subcontracts, and executed changes, of
-- all that are not known to be inactive or deleted. Lines without a job, whose subcontract is not there, are on none.
create temporary table _commitments on commit drop as
with lines as (
    select
        item.job_number,
        item.vendor_code,
        item.subcontract_number,
        item.phase_code,
        item.cost_type,
        item.original_contract_amount as amount
    from _changed_codes as changed
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
        change.sub_amount as amount
    from _changed_codes as changed
    inner join spectrum.subcontract_changes as change
        on
            change.company_code = {{ "company_code" | bound }}
            and changed.job_number = change.job_number
            and changed.phase_code = change.phase_code
            and changed.cost_type = change.cost_type
    where change._deleted_at is null and change.sub_status = 'E'
)

select
    lines.job_number,
    lines.phase_code,
    lines.cost_type,
    sum(lines.amount) as committed_cost
from lines
left join spectrum.subcontracts as subcontract
    on
        subcontract.company_code = {{ "company_code" | bound }}
        and lines.job_number = subcontract.job_number
        and lines.vendor_code = subcontract.vendor_code
        and lines.subcontract_number = subcontract.subcontract_number
where subcontract._deleted_at is null and subcontract.status_code is distinct from 'I'
group by lines.job_number, lines.phase_code, lines.cost_type
