-- Rows that the source holds more often than the warehouse. Into an empty table everything goes as it is.
insert into {{ staged | ident }} ({{ columns | idents }}, _month, _row_hash, _run_id, _read_at, _changed_at)
{% if empty %}
select {{ columns | idents }}, _month, _row_hash, {{ "run_id" | bound }}, {{ "read_at" | bound }}, {{ "read_at" | bound }}
from {{ rows | ident }}
{% else %}
select {{ columns | idents }}, _month, _row_hash, {{ "run_id" | bound }}, {{ "read_at" | bound }}, {{ "read_at" | bound }}
from (
    select
        landed.*,
        _diff.surplus,
        row_number() over (partition by landed._row_hash) as copy
    from {{ rows | ident }} as landed
    inner join _diff on landed._row_hash = _diff._row_hash and _diff.surplus > 0
    {% if some_skipped %}
    inner join _partitions as found
        on found.job_number = landed.job_number and found.partition_month = landed._month
    {% endif %}
) as numbered
where copy <= surplus
{% endif %}
