-- What is computed: every month end as known now, whose moment is infinity, and those as known then that are due.
create temporary table _wip_points on commit drop as
select
    'now' as known,
    'infinity'::timestamptz as moment,
    month_end
from _wip_months
union all
select
    'then' as known,
    closed_at as moment,
    month_end
from _wip_months
where then_is_due
