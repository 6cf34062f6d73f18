-- Publishable partitions: the same fingerprint before and after the copy, and what landed has it too, rejected rows
-- included. Each row landed with its part of the checksum, so a source that changed during the copy and changed back is
-- found as well; no sum of amounts could tell more.
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
    stable = found.steady and exists (
        select 1 from total
        where
            total.job_number = found.job_number
            and total.partition_month = found.partition_month
            and total.landed_rows = found.source_rows
            and total.checksum = found.checksum
    )
where found.copied
