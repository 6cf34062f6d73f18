-- Publishable partitions: the same fingerprint before and after the copy, and as many rows and the same sums landed as
-- the source counted. Rejected rows are part of both sides.
with landed as (
    select
        job_number,
        _month as partition_month,
        count(*) as landed_rows,
        sum(tran_amount) as amount_sum,
        coalesce(sum(total_hours), 0) as hours_sum,
        coalesce(sum(quantity), 0) as quantity_sum
    from {{ rows | ident }}
    group by job_number, _month
    union all
    select
        coalesce(job_number, ''),
        partition_month,
        count(*),
        sum(case when pg_input_is_valid(source_row ->> 'tran_amount', 'numeric') then (source_row ->> 'tran_amount')::numeric else 0 end),
        sum(case when pg_input_is_valid(source_row ->> 'total_hours', 'numeric') then (source_row ->> 'total_hours')::numeric else 0 end),
        sum(case when pg_input_is_valid(source_row ->> 'quantity', 'numeric') then (source_row ->> 'quantity')::numeric else 0 end)
    from {{ rejects | ident }}
    group by coalesce(job_number, ''), partition_month
),

total as (
    select
        job_number,
        partition_month,
        sum(landed_rows) as landed_rows,
        sum(amount_sum) as amount_sum,
        sum(hours_sum) as hours_sum,
        sum(quantity_sum) as quantity_sum
    from landed
    group by job_number, partition_month
)

update {{ partitions | ident }} as found
set
    stable = found.steady and exists (
        select 1 from total
        where
            total.job_number = found.job_number
            and total.partition_month = found.partition_month
            and total.landed_rows = found.source_rows
            and total.amount_sum = found.amount_sum
            and total.hours_sum = found.hours_sum
            and total.quantity_sum = found.quantity_sum
    )
where found.copied
