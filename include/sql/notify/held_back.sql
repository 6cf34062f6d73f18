-- Jobs and months of transactions that are not published, because too many of their rows are rejected: somebody has to
-- decide.
select
    table_name,
    company_code,
    count(*) as partitions,
    sum(source_rows)::bigint as source_rows,
    min(since) as since,
    (array_agg(
        'job ' || coalesce(nullif(job_number, ''), '(blank)') || ', month '
        || coalesce(nullif(partition_month, ''), '(blank)')
        order by job_number, partition_month
    ))[1:5] as first_ones
from sync.deferred
where
    reason = 'rejected'
    and company_code = any({{ "companies" | bound }})
group by table_name, company_code
order by company_code, table_name
