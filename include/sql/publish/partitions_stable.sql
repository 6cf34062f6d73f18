-- Publishable partitions: those whose landed rows, rejected ones included, have the fingerprint that the source had
-- before the copy. Each row landed with its part of the checksum, computed by the source in the same statement; so what
-- was copied half before and half after a change is found, also where the source has changed back since.
update {{ partitions | ident }} as found
set
    stable = exists (
        select 1 from {{ landed | ident }} as landed
        where
            landed.job_number = found.job_number
            and landed.partition_month = found.partition_month
            and landed.landed_rows = found.source_rows
            and landed.checksum = found.checksum
    )
where found.copied
