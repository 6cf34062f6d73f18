-- How many rows are rejected now, by object and by the column that is wrong.
select
    rejected_rows.object_name,
    rejected_rows.table_name,
    rejected_rows.column_name,
    count(*) as rejected
from sync.rejected_rows
where
    rejected_rows.resolved_at is null
    and rejected_rows.object_name = any({{ "objects" | bound }})
    and rejected_rows.company_code = any({{ "companies" | bound }})
group by rejected_rows.object_name, rejected_rows.table_name, rejected_rows.column_name
order by rejected desc, rejected_rows.object_name asc, rejected_rows.column_name asc
