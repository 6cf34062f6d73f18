-- The source's fingerprints after the copy: a partition whose fingerprint has changed in between may have been copied
-- half before and half after; it waits for the next run. So does one that has vanished in between.
update {{ partitions | ident }} as found
set
    steady = exists (
        select 1 from _after as later
        where
            later.job_number = found.job_number
            and later.partition_month = found.partition_month
            and later.source_rows = found.source_rows
            and later.amount_sum = found.amount_sum
            and later.hours_sum = found.hours_sum
            and later.quantity_sum = found.quantity_sum
            and later.checksum = found.checksum
    )
where found.copied or {{ "everything" | bound }}
