-- A row if changes of subcontracts of the whole company have ever been read, and say which subcontract they are of: only
-- then does none mean that nothing changed.
create temporary table _subcontract_changes_known on commit drop as
select distinct runs.company_code
from sync.runs as runs
where
    runs.company_code = {{ "company_code" | bound }}
    and runs.table_name = 'subcontract_changes'
    and runs.state in ('published', 'unchanged')
    and not runs.narrowed
    and not exists (
        select 1 from spectrum.subcontract_changes as change
        where
            change.company_code = {{ "company_code" | bound }}
            and '' in (change.job_number, change.vendor_code, change.subcontract_number)
            and change._deleted_at is null
    )
