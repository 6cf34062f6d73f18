-- The month ends of the WIP schedule, the newest first: since when each is closed, and whether it is known how jobs
-- stood then.
select
    ends.company_code,
    ends.month_end,
    ends.closed_at,
    ends.known_since,
    ends.then_is_known
from marts.wip_month_ends as ends
where
    ends.company_code = any({{ "companies" | bound }})
    and exists (
        select 1 from marts.wip_by_month as wip
        where
            wip.company_code = ends.company_code
            and wip.month_end = ends.month_end
    )
order by ends.month_end desc, ends.company_code
