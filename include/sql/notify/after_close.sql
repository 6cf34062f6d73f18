-- What syncs that ended since the digest of yesterday found posted, changed or deleted in closed months, and what that
-- has come to since the close.
with changes as (
    select
        moved.company_code,
        date_trunc('month', moved.tran_date)::date as closed_month,
        moved.closed_at,
        moved.amount_change,
        coalesce(landings.finished_at, moved.seen_at) > clock_timestamp() - interval '25 hours' as is_new
    from marts.after_close as moved
    left join sync.landings as landings on moved.landing_id = landings.landing_id
    where moved.company_code = any({{ "companies" | bound }})
)

select
    company_code,
    closed_month,
    closed_at,
    count(*) filter (where is_new) as new_changes,
    coalesce(sum(amount_change) filter (where is_new), 0) as new_amount,
    count(*) as changes,
    sum(amount_change) as amount
from changes
group by company_code, closed_month, closed_at
having bool_or(is_new)
order by company_code, closed_month
