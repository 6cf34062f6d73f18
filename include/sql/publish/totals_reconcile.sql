-- Phases whose job-to-date cost by GetPhase is not the sum of their transactions. Only jobs are compared whose every
-- partition was the same before and after the call and is published as it was then. Rejected transactions count on
-- the side of the transactions, because Spectrum counts them too.
with moving as (
    select distinct found.job_number
    from {{ partitions | ident }} as found
    left join sync.partitions as published
        on
            published.company_code = {{ "company_code" | bound }}
            and published.job_number = found.job_number
            and published.partition_month = found.partition_month
    where
        found.unchanged is distinct from true
        or not found.stable
        or published.checksum is distinct from found.checksum
        or published.source_rows is distinct from found.source_rows
),

compared_jobs as (
    select distinct totals.job_number
    from {{ totals | ident }} as totals
    where
        totals.company_code = {{ "company_code" | bound }}
        and totals._deleted_at is null
        and totals._rejected_at is null
        and not exists (select 1 from moving where moving.job_number = totals.job_number)
),

transactions as (
    select job_number, phase_code, cost_type, tran_amount
    from {{ staged | ident }}
    where company_code = {{ "company_code" | bound }}
    union all
    select
        btrim(source_row ->> 'job_number'),
        btrim(source_row ->> 'phase_code'),
        btrim(source_row ->> 'cost_type'),
        case
            when pg_input_is_valid(source_row ->> 'tran_amount', 'numeric')
                then (source_row ->> 'tran_amount')::numeric
        end
    from sync.rejected_rows
    where
        table_name = 'job_cost_transactions'
        and company_code = {{ "company_code" | bound }}
        and resolved_at is null
),

ours as (
    select job_number, phase_code, cost_type, sum(tran_amount) as jtd_cost
    from transactions
    where job_number in (select compared_jobs.job_number from compared_jobs)
    group by job_number, phase_code, cost_type
),

theirs as (
    select totals.job_number, totals.phase_code, totals.cost_type, totals.jtd_cost
    from {{ totals | ident }} as totals
    inner join compared_jobs on totals.job_number = compared_jobs.job_number
    where totals.company_code = {{ "company_code" | bound }} and totals._deleted_at is null
)

select
    coalesce(ours.job_number, theirs.job_number) as job_number,
    coalesce(ours.phase_code, theirs.phase_code) as phase_code,
    coalesce(ours.cost_type, theirs.cost_type) as cost_type,
    coalesce(theirs.jtd_cost, 0) as get_phase,
    coalesce(ours.jtd_cost, 0) as transactions,
    count(*) over () as differing
from ours
full join theirs
    on
        ours.job_number = theirs.job_number
        and ours.phase_code = theirs.phase_code
        and ours.cost_type = theirs.cost_type
where coalesce(theirs.jtd_cost, 0) <> coalesce(ours.jtd_cost, 0)
order by abs(coalesce(theirs.jtd_cost, 0) - coalesce(ours.jtd_cost, 0)) desc
limit 20
