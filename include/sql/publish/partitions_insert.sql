-- Rows that the source holds more often than the warehouse, and which jobs and months that changed. Into an empty table
-- everything goes as it is, and all of its jobs and months are new.
{% if empty %}
insert into {{ staged | ident }} ({{ columns | idents }}, _month, _row_hash, _run_id, _read_at, _changed_at)
select {{ columns | idents }}, _month, _row_hash, {{ "run_id" | bound }}, {{ "read_at" | bound }}, {{ "read_at" | bound }}
from {{ rows | ident }}
{% else %}
with inserted as (
    insert into {{ staged | ident }} ({{ columns | idents }}, _month, _row_hash, _run_id, _read_at, _changed_at)
    select {{ columns | idents }}, _month, _row_hash, {{ "run_id" | bound }}, {{ "read_at" | bound }}, {{ "read_at" | bound }}
    from (
        select
            landed.*,
            changes.surplus,
            row_number() over (partition by landed._row_hash) as copy
        from {{ rows | ident }} as landed
        inner join {{ changes | ident }} as changes on landed._row_hash = changes._row_hash and changes.surplus > 0
        {% if some_skipped %}
        inner join {{ replaced | ident }} as found
            on found.job_number = landed.job_number and found.partition_month = landed._month
        {% endif %}
    ) as numbered
    where copy <= surplus
    returning job_number, _month
)

{% with written = "inserted", month = "_month" %}{% include "publish/partitions_changed.sql" %}{% endwith %}

{% endif %}
