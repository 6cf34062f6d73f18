-- Publishable partitions: those whose landed rows, rejected ones included, have the fingerprint that the source had
-- before the copy. Each row landed with its part of the checksum, computed by the source in the same statement; so what
-- was copied half before and half after a change is found, also where the source has changed back since.
with landed as (
    select
        job_number,
        _month as partition_month,
        _checksum
    from {{ rows | ident }}
    union all
    select
        coalesce(job_number, ''),
        partition_month,
        (source_row ->> '_checksum')::bigint
    from {{ rejects | ident }}
),

total as (
    select
        job_number,
        partition_month,
        count(*) as landed_rows,
        sum(_checksum) as checksum
    from landed
    group by job_number, partition_month
)

update {{ partitions | ident }} as found
set
    stable = exists (
        select 1 from total
        where
            total.job_number = found.job_number
            and total.partition_month = found.partition_month
            and total.landed_rows = found.source_rows
            and total.checksum = found.checksum
    )
where found.copied
