-- How many rows of a landing are rejected now and were not before, by job and month. A row is known by its key. Where
-- its key cannot be read, or where rows have none, they are counted: so many more than are listed of that job and month.
create temporary table {{ newly | ident }} on commit drop as
with now_rejected as (
    select
        coalesce(job_number, '') as job_number,
        coalesce(partition_month, '') as partition_month,
        row_key,
        count(*) as rows_now
    from {{ rejects | ident }}
    group by coalesce(job_number, ''), coalesce(partition_month, ''), row_key
),

listed as (
    select
        coalesce(job_number, '') as job_number,
        coalesce(partition_month, '') as partition_month,
        row_key,
        count(*) as rows_before
    from sync.rejected_rows
    where
        table_name = {{ "table_name" | bound }}
        and company_code = {{ "company_code" | bound }}
        and resolved_at is null
    group by coalesce(job_number, ''), coalesce(partition_month, ''), row_key
)

select
    now_rejected.job_number,
    now_rejected.partition_month,
    sum(greatest(now_rejected.rows_now - coalesce(listed.rows_before, 0), 0))::bigint as new_rows
from now_rejected
left join listed
    on
        now_rejected.job_number = listed.job_number
        and now_rejected.partition_month = listed.partition_month
        and now_rejected.row_key is not distinct from listed.row_key
group by now_rejected.job_number, now_rejected.partition_month
