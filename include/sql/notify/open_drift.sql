-- Columns that differ now from what is known of them. A new one that was told of is left out: nothing reads it, so it
-- waits for nobody.
select
    table_name,
    company_code,
    count(*) as differences,
    min(first_seen_at) as since,
    (array_agg(change || ' ' || column_name order by change, column_name))[1:5] as first_ones
from sync.drift
where
    resolved_at is null
    and company_code = any({{ "companies" | bound }})
    and (change <> 'new' or told_at is null)
group by table_name, company_code
order by company_code, table_name
