-- What the marts have got since the last digest of what was posted, changed or deleted in closed months, and what that has
-- come to since the close. By when the marts got it, not by when its sync ended: they may be written long after.
with changes as (
    select
        moved.company_code,
        date_trunc('month', moved.tran_date)::date as closed_month,
        moved.closed_at,
        moved.amount_change,
        moved.first_written_at,
        moved.first_written_at > coalesce(told.written_until, '-infinity') as is_new
    from marts.after_close as moved
    left join sync.told_after_close as told on moved.company_code = told.company_code
    where moved.company_code = any({{ "companies" | bound }})
)

select
    company_code,
    closed_month,
    closed_at,
    count(*) filter (where is_new) as new_changes,
    coalesce(sum(amount_change) filter (where is_new), 0) as new_amount,
    count(*) as changes,
    sum(amount_change) as amount,
    max(first_written_at) as written_until
from changes
group by company_code, closed_month, closed_at
having bool_or(is_new)
order by company_code, closed_month
