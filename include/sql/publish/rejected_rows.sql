-- Bring the list of rejected rows up to date for the published scope. One that is mended or gone is resolved; a new one
-- is added. One that is still there stays as old as it is: known by its key, since its other values may move with every
-- posting, and by all of its values where its key cannot be read. It shows what the source holds now.
with landed as (
    select
        job_number,
        partition_month,
        row_key,
        column_name,
        value,
        reason,
        source_row - '_checksum' as source_row,
        coalesce(row_key, source_row - '_checksum') as identity,
        row_number() over (
            partition by column_name, coalesce(row_key, source_row - '_checksum'), reason order by source_row::text
        ) as copy
    from {{ rejects | ident }} as listed
    where {{ scope }}
),

open as (
    select
        rejected_id,
        column_name,
        source_row,
        reason,
        coalesce(row_key, source_row) as identity,
        row_number() over (
            partition by column_name, coalesce(row_key, source_row), reason order by rejected_id
        ) as copy
    from sync.rejected_rows as listed
    where
        table_name = {{ "table_name" | bound }}
        and company_code = {{ "company_code" | bound }}
        and resolved_at is null
        and {{ scope }}
),

compared as (
    select
        landed.*,
        open.rejected_id,
        open.source_row as known_row
    from landed
    full join open
        on
            landed.column_name = open.column_name
            and landed.identity = open.identity
            and landed.reason = open.reason
            and landed.copy = open.copy
),

resolved as (
    update sync.rejected_rows as past
    set resolved_at = {{ "read_at" | bound }}
    from compared
    where past.rejected_id = compared.rejected_id and compared.identity is null
),

renewed as (
    update sync.rejected_rows as past
    set
        value = compared.value,
        source_row = compared.source_row
    from compared
    where past.rejected_id = compared.rejected_id and compared.source_row <> compared.known_row
)

insert into sync.rejected_rows (
    object_name, table_name, company_code, job_number, partition_month, row_key, column_name, value, reason,
    source_row, landing_id, run_id, rejected_at
)
select
    {{ "object_name" | bound }},
    {{ "table_name" | bound }},
    {{ "company_code" | bound }},
    job_number,
    partition_month,
    row_key,
    column_name,
    value,
    reason,
    source_row,
    {{ "landing_id" | bound }},
    {{ "run_id" | bound }},
    {{ "read_at" | bound }}
from compared
where rejected_id is null
