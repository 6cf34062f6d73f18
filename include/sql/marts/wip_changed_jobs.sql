-- The jobs whose figures as known now may differ: their costs, estimates, contracts, changes or billings changed. A table
-- of which nothing was synced since is not looked at: `since` is infinity then.
create temporary table _wip_changed_jobs on commit drop as
select job_number from _job_cost_summary
{% for table in ["jobs", "prime_contracts", "change_requests", "change_request_revenues", "billing_applications", "receivable_invoices"] %}
union
select job_number
from spectrum.{{ table | ident }}
where
    company_code = {{ "company_code" | bound }}
    and job_number is not null
    and {{ ("since_" ~ table) | bound }}::timestamptz < 'infinity'
    and greatest(_changed_at, _deleted_at) >= {{ ("since_" ~ table) | bound }}
{% endfor %}
union
-- The job that an invoice was of before.
select job_number
from history.receivable_invoices
where
    company_code = {{ "company_code" | bound }}
    and job_number is not null
    and {{ "since_receivable_invoices" | bound }}::timestamptz < 'infinity'
    and _valid_to >= {{ "since_receivable_invoices" | bound }}
union
-- Another meaning of a status may approve any change.
select request.job_number
from spectrum.change_requests as request
where
    request.company_code = {{ "company_code" | bound }}
    and exists (
        select 1 from spectrum.change_request_statuses as status
        where
            status.company_code = {{ "company_code" | bound }}
            and {{ "since_change_request_statuses" | bound }}::timestamptz < 'infinity'
            and greatest(status._changed_at, status._deleted_at) >= {{ "since_change_request_statuses" | bound }}
    )
union
-- Where the site begins or ceases to show which job and number revenue is of, the changes of every contract are known, or
-- of none.
select stored.job_number
from marts.wip_by_month as stored
where
    stored.company_code = {{ "company_code" | bound }}
    and stored.known = 'now'
    and stored.month_end = (select max(months.month_end) from _wip_months as months)
    and stored.contracts > 0
    and {{ "since_change_request_revenues" | bound }}::timestamptz < 'infinity'
    and (
        select count(*) from marts.known_since as since
        where
            since.company_code = {{ "company_code" | bound }}
            and since.table_name in ('change_requests', 'change_request_revenues', 'change_request_statuses')
    ) = 3
    and (stored.approved_changes is not null) = exists (
        select 1 from spectrum.change_request_revenues as revenue
        where
            revenue.company_code = {{ "company_code" | bound }}
            and '' in (revenue.job_number, revenue.change_request_number)
            and revenue._deleted_at is null
    )
