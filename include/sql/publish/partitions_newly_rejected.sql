-- The jobs and months of a landing that hold newly rejected rows, with the rows of the source and whether a version of
-- them has been published before.
select
    found.job_number,
    found.partition_month,
    found.source_rows,
    newly.new_rows,
    coalesce(published.source_rows, 0) > 0 as has_published
from {{ newly | ident }} as newly
inner join {{ partitions | ident }} as found
    on
        newly.job_number = found.job_number
        and newly.partition_month = found.partition_month
left join sync.partitions as published
    on
        published.company_code = {{ "company_code" | bound }}
        and published.job_number = found.job_number
        and published.partition_month = found.partition_month
where
    found.copied
    and found.stable
    and newly.new_rows > 0
order by found.job_number, found.partition_month
