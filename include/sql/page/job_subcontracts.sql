-- The subcontracts of a job, and how each stands.
select
    status.vendor_code,
    status.vendor_name,
    status.subcontract_number,
    status.status_code,
    status.date_issued,
    status.original_amount,
    status.executed_changes,
    status.pending_changes,
    status.revised_amount,
    status.committed_amount,
    status.invoiced,
    status.paid,
    status.retained,
    status.balance,
    status.overbilled,
    status.header_staged
from marts.subcontract_status as status
where
    status.company_code = {{ "company" | bound }}
    and status.job_number = {{ "job" | bound }}
order by status.vendor_code, status.subcontract_number
