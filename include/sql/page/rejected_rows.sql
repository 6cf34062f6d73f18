-- Rows of the source that are rejected now, the newest first, continued after a number.
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
    rejected_rows.rejected_at
from sync.rejected_rows
where
    rejected_rows.resolved_at is null
    and rejected_rows.object_name = any({{ "objects" | bound }})
    and rejected_rows.company_code = any({{ "companies" | bound }})
    and ({{ "table" | bound }}::text is null or rejected_rows.table_name = {{ "table" | bound }}::text)
    and ({{ "column" | bound }}::text is null or rejected_rows.column_name = {{ "column" | bound }}::text)
    and ({{ "after" | bound }}::bigint is null or rejected_rows.rejected_id < {{ "after" | bound }}::bigint)
    and (
        {{ "search" | bound }}::text is null
        or strpos(
            lower(
                concat_ws(
                    ' ',
                    rejected_rows.job_number,
                    rejected_rows.row_key::text,
                    rejected_rows.column_name,
                    rejected_rows.value,
                    rejected_rows.reason,
                    rejected_rows.source_row ->> 'description',
                    rejected_rows.source_row ->> 'vendor_name'
                )
            ),
            lower({{ "search" | bound }}::text)
        ) > 0
    )
order by rejected_rows.rejected_id desc
limit {{ "limit" | bound }}
