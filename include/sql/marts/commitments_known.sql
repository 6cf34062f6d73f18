-- A row if subcontracts of the whole company have ever been read: only then does none mean that nothing is committed.
create temporary table _commitments_known on commit drop as
select distinct runs.company_code
from sync.runs as runs
where
    runs.company_code = {{ "company_code" | bound }}
    and runs.table_name = 'subcontracts'
    and runs.state in ('published', 'unchanged')
    and not runs.narrowed
