-- Subcontracts whose status may differ: they, a line, a change, the name of their job or vendor. A table of which nothing
-- was synced since is not looked at: `since` is infinity then.
create temporary table _changed_subcontracts on commit drop as
{% for table in ["subcontracts", "subcontract_items", "subcontract_changes"] %}
select
    job_number,
    vendor_code,
    subcontract_number
from spectrum.{{ table | ident }}
where
    company_code = {{ "company_code" | bound }}
    and job_number <> ''
    and {{ ("since_" ~ table) | bound }}::timestamptz < 'infinity'
    and greatest(_changed_at, _deleted_at) >= {{ ("since_" ~ table) | bound }}
union
{% endfor %}
{% for table, code in [("jobs", "job_number"), ("vendors", "vendor_code")] %}
select
    status.job_number,
    status.vendor_code,
    status.subcontract_number
from spectrum.{{ table | ident }} as named
inner join marts.subcontract_status as status
    on
        status.company_code = {{ "company_code" | bound }}
        and named.{{ code | ident }} = status.{{ code | ident }}
where
    named.company_code = {{ "company_code" | bound }}
    and {{ ("since_" ~ table) | bound }}::timestamptz < 'infinity'
    and greatest(named._changed_at, named._deleted_at) >= {{ ("since_" ~ table) | bound }}
{{ "union" if not loop.last }}
{% endfor %}
union
-- Written before anything was known of changes, where 0 is known now; or the other way round.
select
    job_number,
    vendor_code,
    subcontract_number
from marts.subcontract_status
where
    company_code = {{ "company_code" | bound }}
    and {{ "since_subcontract_changes" | bound }}::timestamptz < 'infinity'
    and (executed_changes is null) = exists (select 1 from _subcontract_changes_known)
