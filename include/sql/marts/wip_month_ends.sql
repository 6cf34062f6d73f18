-- The month ends of the WIP schedule, and older ones of which it is known how jobs stood then.
create temporary table _wip_month_ends on commit drop as
select
    {{ "company_code" | bound }}::text as company_code,
    month_end,
    closed_at,
    known_since,
    then_is_known,
    false as is_gone
from _wip_months
union all
select
    stored.company_code,
    stored.month_end,
    stored.closed_at,
    stored.known_since,
    stored.then_is_known,
    false as is_gone
from marts.wip_month_ends as stored
where
    stored.company_code = {{ "company_code" | bound }}
    and stored.then_is_known
    and stored.month_end < (select min(months.month_end) from _wip_months as months)
