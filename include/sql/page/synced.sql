-- A page of what was synced, sorted as the person asks; the record's key makes the order of equals the same on every
-- page.
with synced as (
    {% include "page/synced_records.sql" %}
)

select *
from synced
order by
    case when {{ "sort" | bound }}::text = 'title' then title end asc nulls last,
    case when {{ "sort" | bound }}::text = '-title' then title end desc nulls last,
    case when {{ "sort" | bound }}::text = 'approver' then answered_by_name end asc nulls last,
    case when {{ "sort" | bound }}::text = '-approver' then answered_by_name end desc nulls last,
    case when {{ "sort" | bound }}::text = 'amount' then amount end asc nulls last,
    case when {{ "sort" | bound }}::text = '-amount' then amount end desc nulls last,
    case when {{ "sort" | bound }}::text = 'synced' then changed_at end asc,
    changed_at desc,
    object_name asc,
    company_code asc,
    project_id asc,
    record_id asc
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
