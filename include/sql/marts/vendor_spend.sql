-- Spend by vendor, job and month: as job_cost_by_month, by the vendor that the postings name. It is kept by job, because
-- what changed is known by job; one adds it up.
create temporary table _vendor_spend on commit drop as
with living as (
    select
        posting.vendor_code,
        posting.job_number,
        posting._month,
        sum(posting.tran_amount) as amount,
        count(*) as transactions,
        bool_or(posting._changed_at >= {{ "since_job_cost_transactions" | bound }}) as is_changed
    from _changed_months as changed
    inner join spectrum.job_cost_transactions as posting
        on
            posting.company_code = {{ "company_code" | bound }}
            and changed.job_number = posting.job_number
            and changed.partition_month = posting._month
    where posting.vendor_code is not null
    group by posting.vendor_code, posting.job_number, posting._month
),

gone as (
    select distinct
        posting.vendor_code,
        posting.job_number,
        posting._month
    from _changed_months as changed
    inner join history.job_cost_transactions as posting
        on
            posting.company_code = {{ "company_code" | bound }}
            and changed.job_number = posting.job_number
            and changed.partition_month = posting._month
    where
        not {{ "whole" | bound }}
        and posting.vendor_code is not null
        and posting._valid_to >= {{ "since_job_cost_transactions" | bound }}
),

spent as (
    select
        coalesce(living.vendor_code, gone.vendor_code) as vendor_code,
        coalesce(living.job_number, gone.job_number) as job_number,
        to_date(coalesce(living._month, gone._month), 'YYYYMM') as month,
        living.amount,
        living.transactions,
        living.vendor_code is null as is_gone
    from living
    full join gone
        on
            living.vendor_code = gone.vendor_code
            and living.job_number = gone.job_number
            and living._month = gone._month
    where living.is_changed or gone.vendor_code is not null
)

select
    {{ "company_code" | bound }}::text as company_code,
    spent.vendor_code,
    spent.job_number,
    spent.month,
    vendor.vendor_name,
    extract(year from spent.month)::integer as year,
    spent.amount,
    spent.transactions,
    spent.is_gone
from spent
left join spectrum.vendors as vendor
    on
        vendor.company_code = {{ "company_code" | bound }}
        and spent.vendor_code = vendor.vendor_code
