-- One rejected row, by the number that its address names, also after it was corrected: who follows a link from a
-- message of yesterday is told that nothing is left to do.
select
    rejected_rows.rejected_id,
    rejected_rows.object_name,
    rejected_rows.table_name,
    rejected_rows.company_code,
    rejected_rows.job_number,
    rejected_rows.row_key,
    rejected_rows.column_name,
    rejected_rows.value,
    rejected_rows.reason,
    rejected_rows.source_row,
    rejected_rows.rejected_at,
    rejected_rows.resolved_at
from sync.rejected_rows
where
    rejected_rows.rejected_id = {{ "number" | bound }}
    and rejected_rows.object_name = any({{ "objects" | bound }})
    and rejected_rows.company_code = any({{ "companies" | bound }})
