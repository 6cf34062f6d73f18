-- Hold back jobs and months of which too many rows were newly rejected: as those that moved, they are not published, and
-- their last good version stays.
update {{ partitions | ident }} as found
set
    stable = false,
    held_rows = held.new_rows
from unnest(
    {{ "held_jobs" | bound }}::text[], {{ "held_months" | bound }}::text[], {{ "held_rows" | bound }}::bigint[]
) as held (job_number, partition_month, new_rows)
where
    found.job_number = held.job_number
    and found.partition_month = held.partition_month
