-- What landed of each partition, rejected rows included: a table of its own, so that the planner knows its size.
create temporary table {{ landed | ident }} on commit drop as
with landed as (
    select
        job_number,
        _month as partition_month,
        _checksum
    from {{ rows | ident }}
    union all
    select
        coalesce(job_number, '') collate "C",
        partition_month collate "C",
        (source_row ->> '_checksum')::bigint
    from {{ rejects | ident }}
)

select
    job_number,
    partition_month,
    count(*) as landed_rows,
    sum(_checksum) as checksum
from landed
group by job_number, partition_month
