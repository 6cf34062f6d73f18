-- How each changed subcontract stands: agreed, changed, invoiced, paid, retained. Invoices and payments are those that
-- Spectrum keeps with the subcontract.
create temporary table _subcontract_status on commit drop as
with known as (
    select count(*) > 0 as is_known
    from _subcontract_changes_known
),

lines as (
    select
        item.job_number,
        item.vendor_code,
        item.subcontract_number,
        count(*) as lines,
        sum(item.original_contract_amount) as original_amount,
        sum(item.amount_billed_to_date) as lines_invoiced
    from _changed_subcontracts as changed
    inner join spectrum.subcontract_items as item
        on
            item.company_code = {{ "company_code" | bound }}
            and changed.job_number = item.job_number
            and changed.vendor_code = item.vendor_code
            and changed.subcontract_number = item.subcontract_number
    where item._deleted_at is null
    group by item.job_number, item.vendor_code, item.subcontract_number
),

changes as (
    select
        change.job_number,
        change.vendor_code,
        change.subcontract_number,
        coalesce(sum(change.sub_amount) filter (where change.sub_status = 'E'), 0) as executed_changes,
        coalesce(sum(change.sub_amount) filter (where change.sub_status = 'P'), 0) as pending_changes
    from _changed_subcontracts as changed
    inner join spectrum.subcontract_changes as change
        on
            change.company_code = {{ "company_code" | bound }}
            and changed.job_number = change.job_number
            and changed.vendor_code = change.vendor_code
            and changed.subcontract_number = change.subcontract_number
    where change._deleted_at is null
    group by change.job_number, change.vendor_code, change.subcontract_number
),

joined as (
    select
        changed.job_number,
        changed.vendor_code,
        changed.subcontract_number,
        vendor.vendor_name,
        job.job_description,
        subcontract.status_code,
        subcontract.date_issued,
        subcontract.retention_percent,
        coalesce(lines.lines, 0) as lines,
        coalesce(lines.original_amount, 0) as original_amount,
        coalesce(lines.original_amount, 0) + coalesce(changes.executed_changes, 0) as promised_amount,
        -- Where the site shows no changes, nobody knows that there are none.
        case when known.is_known then coalesce(changes.executed_changes, 0) end as executed_changes,
        case when known.is_known then coalesce(changes.pending_changes, 0) end as pending_changes,
        subcontract.total_billed as invoiced,
        subcontract.total_paid as paid,
        subcontract.retention_balance as retained,
        subcontract.original_amount as header_amount,
        lines.lines_invoiced,
        subcontract.job_number is not null as header_staged,
        deleted.job_number is not null as header_deleted,
        num_nonnulls(subcontract.job_number, lines.job_number, changes.job_number) = 0 as is_gone
    from _changed_subcontracts as changed
    cross join known
    left join spectrum.subcontracts as subcontract
        on
            subcontract.company_code = {{ "company_code" | bound }}
            and changed.job_number = subcontract.job_number
            and changed.vendor_code = subcontract.vendor_code
            and changed.subcontract_number = subcontract.subcontract_number
            and subcontract._deleted_at is null
    left join spectrum.subcontracts as deleted
        on
            deleted.company_code = {{ "company_code" | bound }}
            and changed.job_number = deleted.job_number
            and changed.vendor_code = deleted.vendor_code
            and changed.subcontract_number = deleted.subcontract_number
            and deleted._deleted_at is not null
    left join lines
        on
            changed.job_number = lines.job_number
            and changed.vendor_code = lines.vendor_code
            and changed.subcontract_number = lines.subcontract_number
    left join changes
        on
            changed.job_number = changes.job_number
            and changed.vendor_code = changes.vendor_code
            and changed.subcontract_number = changes.subcontract_number
    left join spectrum.jobs as job
        on
            job.company_code = {{ "company_code" | bound }}
            and changed.job_number = job.job_number
            and job._deleted_at is null
    left join spectrum.vendors as vendor
        on
            vendor.company_code = {{ "company_code" | bound }}
            and changed.vendor_code = vendor.vendor_code
            and vendor._deleted_at is null
)

select
    {{ "company_code" | bound }}::text as company_code,
    joined.job_number,
    joined.vendor_code,
    joined.subcontract_number,
    joined.vendor_name,
    joined.job_description,
    joined.status_code,
    joined.date_issued,
    joined.retention_percent,
    joined.lines,
    joined.original_amount,
    joined.executed_changes,
    joined.pending_changes,
    joined.original_amount + joined.executed_changes as revised_amount,
    -- What is left of a subcontract that is deleted in Spectrum promises nothing.
    case when joined.status_code = 'I' or joined.header_deleted then 0 else joined.promised_amount end
        as committed_amount,
    joined.invoiced,
    joined.paid,
    joined.retained,
    joined.original_amount + joined.executed_changes - joined.invoiced as balance,
    joined.invoiced - joined.paid - joined.retained as to_pay,
    joined.invoiced > joined.original_amount + joined.executed_changes as overbilled,
    joined.header_amount,
    joined.header_amount - joined.original_amount as header_difference,
    joined.lines_invoiced,
    joined.lines_invoiced - joined.invoiced as invoiced_difference,
    joined.header_staged,
    joined.is_gone
from joined
