-- Spend by vendor, job and month: as job_cost_by_month, by the vendor that the postings name, who may be another company's
-- than the job. It is kept by job, so that a change is looked for in one job; one adds it up.
{% set place = "posting" if whole else "changed" %}
create temporary table _vendor_spend on commit drop as
with spent as (
    select
        coalesce({{ place }}.ap_company_code, {{ "company_code" | bound }}) as vendor_company_code,
        {{ place }}.vendor_code,
        {{ place }}.job_number,
        to_date({{ place }}._month, 'YYYYMM') as month,
        sum(posting.tran_amount) as amount,
        count(posting.job_number) as transactions
    {% if whole %}
    from spectrum.job_cost_transactions as posting
    where
        posting.company_code = {{ "company_code" | bound }}
        and posting.vendor_code is not null
    {% else %}
    from (
        select distinct
            coalesce(ap_company_code, {{ "company_code" | bound }}) as ap_company_code,
            vendor_code,
            job_number,
            _month
        from _changed_postings
        where vendor_code is not null
    ) as changed
    left join spectrum.job_cost_transactions as posting
        on
            posting.company_code = {{ "company_code" | bound }}
            and changed.ap_company_code = coalesce(posting.ap_company_code, {{ "company_code" | bound }})
            and changed.vendor_code = posting.vendor_code
            and changed.job_number = posting.job_number
            and changed._month = posting._month
    {% endif %}
    group by
        coalesce({{ place }}.ap_company_code, {{ "company_code" | bound }}), {{ place }}.vendor_code,
        {{ place }}.job_number, {{ place }}._month
)

select
    {{ "company_code" | bound }}::text as company_code,
    spent.vendor_company_code,
    spent.vendor_code,
    spent.job_number,
    spent.month,
    vendor.vendor_name,
    extract(year from spent.month)::integer as year,
    spent.amount,
    spent.transactions,
    spent.transactions = 0 as is_gone
from spent
left join spectrum.vendors as vendor
    on
        spent.vendor_company_code = vendor.company_code
        and spent.vendor_code = vendor.vendor_code
