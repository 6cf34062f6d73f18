-- Rows of the source that are rejected now, and the reason that most of them share.
select
    table_name,
    company_code,
    count(*) as rejected,
    min(rejected_at) as since,
    mode() within group (order by reason) as reason
from sync.rejected_rows
where
    resolved_at is null
    and company_code = any({{ "companies" | bound }})
group by table_name, company_code
order by company_code, table_name
