-- How new each object is: as new as its oldest table.
select
    object_name,
    company_code,
    case when bool_and(last_read_at is not null) then min(last_read_at) end as last_read_at,
    clock_timestamp() as now
from marts.freshness
group by object_name, company_code
