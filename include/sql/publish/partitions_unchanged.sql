-- Which partitions did not change around the landing: their jobs' totals by GetPhase can be compared with the
-- transactions. The later fingerprints come whole, or in pieces of some years each.
update {{ partitions | ident }} as found
set unchanged = true
where
    exists (
        select 1 from {{ later | ident }} as later
        where
            later.job_number = found.job_number
            and later.partition_month = found.partition_month
            and later.source_rows = found.source_rows
            and later.amount_sum = found.amount_sum
            and later.hours_sum = found.hours_sum
            and later.quantity_sum = found.quantity_sum
            and later.checksum = found.checksum
    )
