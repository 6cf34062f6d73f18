-- The last landing that wrote to each of the tables that a table's checks look up: when one of them changes, so may
-- what the checks find, though the table itself has not changed. Some checks look at other companies' rows of a table:
-- of that one, landings of every company count.
select coalesce(string_agg(table_name || ' ' || landing_id, ', ' order by table_name), '')
from (
    select
        table_name,
        max(landing_id) as landing_id
    from sync.runs
    where
        table_name = any({{ "looked_up" | bound }}::text[])
        and (company_code = {{ "company_code" | bound }} or table_name = any({{ "across_companies" | bound }}::text[]))
        and new_rows + changed_rows + deleted_rows > 0
    group by table_name
) as written
