-- The phases and cost types whose commitments may differ: a line, a change or what they belong to has changed. A table of
-- which nothing was synced since is not looked at: `since` is infinity then.
create temporary table _changed_commitments on commit drop as
{% for table in ["subcontract_items", "subcontract_changes"] %}
select
    job_number,
    phase_code,
    cost_type
from spectrum.{{ table | ident }}
where
    company_code = {{ "company_code" | bound }}
    and job_number <> ''
    and {{ ("since_" ~ table) | bound }}::timestamptz < 'infinity'
    and greatest(_changed_at, _deleted_at) >= {{ ("since_" ~ table) | bound }}
union
select
    line.job_number,
    line.phase_code,
    line.cost_type
from spectrum.subcontracts as subcontract
inner join spectrum.{{ table | ident }} as line
    on
        line.company_code = {{ "company_code" | bound }}
        and subcontract.job_number = line.job_number
        and subcontract.vendor_code = line.vendor_code
        and subcontract.subcontract_number = line.subcontract_number
where
    subcontract.company_code = {{ "company_code" | bound }}
    and {{ "since_subcontracts" | bound }}::timestamptz < 'infinity'
    and greatest(subcontract._changed_at, subcontract._deleted_at) >= {{ "since_subcontracts" | bound }}
union
{% endfor %}
-- Where the site begins or ceases to show what is invoiced, it is known of all of them or of none.
select
    known.job_number,
    known.phase_code,
    known.cost_type
from marts.commitments as known
where
    known.company_code = {{ "company_code" | bound }}
    and known.kind = 'subcontract'
    and (known.incurred_amount is null) = exists (
        select 1 from spectrum.subcontract_items as item
        where
            item.company_code = {{ "company_code" | bound }}
            and item._deleted_at is null
            and item.amount_billed_to_date is not null
    )
union
-- A line of an order may have got another job, phase or cost type: those that it had are in the mart.
{% for relation in ["spectrum.purchase_order_lines", "marts.commitments"] %}
select
    line.job_number,
    {{ "coalesce(line.phase_code, '')" if loop.first else "line.phase_code" }} as phase_code,
    {{ "coalesce(line.cost_type, '')" if loop.first else "line.cost_type" }} as cost_type
from _changed_purchase_orders as changed
inner join {{ relation }} as line
    on
        line.company_code = {{ "company_code" | bound }}
        and changed.po_number = line.{{ "po_number" if loop.first else "document_number" }}
where line.{{ "job_number is not null" if loop.first else "kind = 'purchase order'" }}
{{ "union" if not loop.last }}
{% endfor %}
