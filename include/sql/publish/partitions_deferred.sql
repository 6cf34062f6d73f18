-- Rows of the source that wait for the next run: of partitions that moved while they were copied or that the guard of
-- rejected rows held back, and of those that were not copied because they were published as they are, and that an older
-- reading has been published for since. Which ones is noted, with the number of runs in a row; what this run looked at and
-- no longer waits is forgotten. One that waits for another reason than before has to be reported again.
with waiting as (
    select
        found.job_number,
        found.partition_month,
        found.source_rows,
        found.held_rows,
        case when found.held_rows > 0 then 'rejected' else 'moved' end as reason
    from {{ partitions | ident }} as found
    left join sync.partitions as published
        on
            published.company_code = {{ "company_code" | bound }}
            and published.job_number = found.job_number
            and published.partition_month = found.partition_month
    where
        (found.copied and not found.stable)
        or (
            not found.copied
            and not found.gone
            and published.read_at <= {{ "read_at" | bound }}
            and (published.source_rows, published.checksum) is distinct from (found.source_rows, found.checksum)
        )
),

forgotten as (
    delete from sync.deferred as known
    where
        known.table_name = {{ "table_name" | bound }}
        and known.company_code = {{ "company_code" | bound }}
        and (
            cardinality({{ "jobs" | bound }}::text[]) = 0
            or known.job_number = any({{ "jobs" | bound }}::text[])
        )
        and (
            cardinality({{ "months" | bound }}::text[]) = 0
            or known.partition_month = any({{ "months" | bound }}::text[])
        )
        and not exists (
            select 1 from waiting
            where
                waiting.job_number = known.job_number
                and waiting.partition_month = known.partition_month
        )
),

noted as (
    insert into sync.deferred as known (
        table_name, company_code, job_number, partition_month, source_rows, since, last_seen_at, reason,
        rejected_rows
    )
    select
        {{ "table_name" | bound }},
        {{ "company_code" | bound }},
        job_number,
        partition_month,
        source_rows,
        {{ "read_at" | bound }},
        {{ "read_at" | bound }},
        reason,
        held_rows
    from waiting
    on conflict (table_name, company_code, job_number, partition_month) do update
        set
            source_rows = excluded.source_rows,
            runs = known.runs + 1,
            last_seen_at = excluded.last_seen_at,
            reason = excluded.reason,
            rejected_rows = excluded.rejected_rows,
            told_at = case when known.reason = excluded.reason then known.told_at end
)

select coalesce(sum(source_rows), 0)::bigint
from waiting
