-- Bring the list of rejected rows up to date for the published scope. A row that is still there is left as it was first
-- met; one that is mended or gone is resolved; a new one is added.
with landed as (
    select
        job_number,
        partition_month,
        row_key,
        column_name,
        value,
        reason,
        source_row - '_checksum' as source_row,
        row_number() over (partition by column_name, source_row - '_checksum', reason order by row_key) as copy
    from {{ rejects | ident }} as listed
    where {{ scope }}
),

open as (
    select
        rejected_id,
        column_name,
        source_row,
        reason,
        row_number() over (partition by column_name, source_row, reason order by rejected_id) as copy
    from sync.rejected_rows as listed
    where
        table_name = {{ "table_name" | bound }}
        and company_code = {{ "company_code" | bound }}
        and resolved_at is null
        and {{ scope }}
),

resolved as (
    update sync.rejected_rows as past
    set resolved_at = {{ "read_at" | bound }}
    from open
    where
        past.rejected_id = open.rejected_id
        and not exists (
            select 1 from landed
            where
                landed.column_name = open.column_name
                and landed.source_row = open.source_row
                and landed.reason = open.reason
                and landed.copy = open.copy
        )
)

insert into sync.rejected_rows (
    object_name, table_name, company_code, job_number, partition_month, row_key, column_name, value, reason,
    source_row, landing_id, run_id, rejected_at
)
select
    {{ "object_name" | bound }},
    {{ "table_name" | bound }},
    {{ "company_code" | bound }},
    landed.job_number,
    landed.partition_month,
    landed.row_key,
    landed.column_name,
    landed.value,
    landed.reason,
    landed.source_row,
    {{ "landing_id" | bound }},
    {{ "run_id" | bound }},
    {{ "read_at" | bound }}
from landed
where
    not exists (
        select 1 from open
        where
            open.column_name = landed.column_name
            and open.source_row = landed.source_row
            and open.reason = landed.reason
            and open.copy = landed.copy
    )
