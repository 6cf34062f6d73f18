-- Rows that the source no longer holds, or holds fewer times, go to the history; their jobs and months have changed.
with candidates as (
    select
        staged.ctid as _tid,
        changes.surplus,
        row_number() over (partition by staged._row_hash order by staged.ctid) as copy
    from {{ staged | ident }} as staged
    inner join {{ changes | ident }} as changes on staged._row_hash = changes._row_hash and changes.surplus < 0
    inner join {{ replaced | ident }} as found
        on found.job_number = staged.job_number and found.partition_month = staged._month
    where staged.company_code = {{ "company_code" | bound }}
),

gone as (
    delete from {{ staged | ident }} as staged
    using candidates
    where staged.ctid = candidates._tid and candidates.copy <= -candidates.surplus
    returning staged.*
),

noted as (
    {% with written = "gone", month = "_month" %}{% include "publish/partitions_changed.sql" %}{% endwith %}

)

insert into {{ past | ident }} ({{ columns | idents }}, _valid_from, _valid_to)
select {{ columns | idents }}, _changed_at, {{ "read_at" | bound }}
from gone
