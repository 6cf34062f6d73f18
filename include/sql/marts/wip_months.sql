-- The month ends of the WIP schedule: when each was closed, whether it is known how jobs stood then, and whether that is to
-- be computed now: for the first time, or because a sync that read before the close was published only since.
create temporary table _wip_months on commit drop as
with needed as (
    select case when count(*) = cardinality({{ "wip_needs" | bound }}::text[]) then max(known.known_since) end as known_since
    from marts.known_since as known
    where
        known.company_code = {{ "company_code" | bound }}
        and known.table_name = any({{ "wip_needs" | bound }})
),

months as (
    select
        months.month_end,
        months.closed_at,
        needed.known_since,
        coalesce(months.closed_at >= needed.known_since, false) as then_is_known
    from
        unnest({{ "month_ends" | bound }}::date[], {{ "closings" | bound }}::timestamptz[])
        as months (month_end, closed_at)
    cross join needed
)

select
    months.month_end,
    months.closed_at,
    months.known_since,
    months.then_is_known,
    stored.month_end is null as is_new,
    coalesce(
        (months.closed_at, months.known_since, months.then_is_known)
        is distinct from (stored.closed_at, stored.known_since, stored.then_is_known),
        false
    ) as is_changed,
    months.then_is_known
    and (
        {{ "whole" | bound }}
        or stored.closed_at is distinct from months.closed_at
        or stored.then_is_known is distinct from months.then_is_known
        or exists (select 1 from _news as news where news.read_at <= months.closed_at)
    ) as then_is_due
from months
left join marts.wip_month_ends as stored
    on
        stored.company_code = {{ "company_code" | bound }}
        and months.month_end = stored.month_end
