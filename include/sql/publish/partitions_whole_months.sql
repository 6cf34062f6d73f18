-- The months of all that must be copied, where that is most of their rows: copied whole, they take one pass over the
-- source, in place of one for every thousand or so of jobs and months that are picked. Changes mostly come in the last
-- months, and in nearly every job of them. What else is in them is marked as copied, too.
with months as (
    select
        partition_month,
        sum(source_rows) as source_rows,
        sum(source_rows) filter (where copied) as wanted_rows
    from {{ partitions | ident }}
    where not gone
    group by partition_month
    having bool_or(copied)
),

together as (
    select
        count(*) <= {{ "max_months" | bound }}
        and sum(wanted_rows) >= {{ "least_share" | bound }} * sum(source_rows) as are_most
    from months
)

update {{ partitions | ident }} as found
set copied = true
from months, together
where
    together.are_most
    and found.partition_month = months.partition_month
    and not found.gone
returning found.partition_month
