-- The rows of one landing that cannot be staged, until publish moves them to sync.rejected_rows.
create {{ kind }} table {{ rejects | ident }} (
    job_number text,
    partition_month text,
    row_key jsonb,
    column_name text not null,
    value text,
    reason text not null,
    source_row jsonb not null
)
