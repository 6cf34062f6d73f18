-- Which partitions to copy: those whose fingerprint is not the one that was published last, and those whose columns or
-- rules have changed since. A partition that the source no longer has is gone: nothing to copy, its rows are deleted.
with published as (
    select *
    from sync.partitions
    where company_code = {{ "company_code" | bound }} and {{ scope }}
),

differing as (
    update {{ partitions | ident }} as found
    set copied = true
    where
        {{ "everything" | bound }}
        or not exists (
            select 1 from published
            where
                published.job_number = found.job_number
                and published.partition_month = found.partition_month
                and published.source_rows = found.source_rows
                and published.amount_sum = found.amount_sum
                and published.hours_sum = found.hours_sum
                and published.quantity_sum = found.quantity_sum
                and published.checksum = found.checksum
                and published.spec_hash = {{ "spec_hash" | bound }}
        )
)

insert into {{ partitions | ident }} (
    job_number, partition_month, source_rows, amount_sum, hours_sum, quantity_sum, checksum, gone
)
select job_number, partition_month, 0, 0, 0, 0, 0, true
from published
where
    published.source_rows > 0
    and not exists (
        select 1 from {{ partitions | ident }} as found
        where
            found.job_number = published.job_number and found.partition_month = published.partition_month
    )
