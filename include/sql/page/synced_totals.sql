-- How many records were synced and how much they come to, over all pages of the list, a row an object: the amounts of
-- two objects are different money, and are never added up.
with synced as (
    {% include "page/synced_records.sql" %}
)

select
    object_name,
    count(*) as records,
    sum(amount) as amount
from synced
group by object_name
order by object_name
