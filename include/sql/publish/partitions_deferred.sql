-- Rows of the source that wait for the next run: of partitions that moved while they were copied, and of those that were
-- not copied because they were published as they are, and that an older reading has been published for since.
select coalesce(sum(found.source_rows), 0)::bigint
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
