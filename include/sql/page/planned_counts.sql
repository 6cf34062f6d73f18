-- How many rows stand where, by what they do.
with planned as (
    {% include "page/planned_rows.sql" %}
)

select
    planned.object_name,
    planned.company_code,
    planned.state,
    planned.does,
    planned.is_current,
    count(*) as records
from planned
group by planned.object_name, planned.company_code, planned.state, planned.does, planned.is_current
order by planned.object_name, planned.company_code, planned.state, planned.does
