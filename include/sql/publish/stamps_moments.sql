-- The moment to which each sync that is stamped later than now is taken back. Landings are numbered in the order in which
-- they began, whatever the clock said: a sync read before any that began after it and is stamped rightly, of whatever
-- object, and after its predecessors.
create temporary table _taken_back on commit drop as
select
    wrong.landing_id,
    wrong.run_id,
    greatest(wrong.read_at, wrong.started_at, wrong.finished_at, scope.read_at) as stamped_at,
    case
        when wrong.read_at <= {{ "now" | bound }} then wrong.read_at
        else
            least(
                {{ "now" | bound }},
                (
                    select min(later.read_at) - interval '1 microsecond'
                    from sync.landings as later
                    where
                        later.landing_id > wrong.landing_id
                        and later.read_at <= {{ "now" | bound }}
                )
            )
    end as moment
from sync.landings as wrong
left join lateral (
    select max(scopes.read_at) as read_at
    from sync.scopes as scopes
    where scopes.landing_id = wrong.landing_id
) as scope on true
where
    wrong.object_name = {{ "object_name" | bound }}
    and wrong.company_code = {{ "company_code" | bound }}
    and greatest(wrong.read_at, wrong.started_at, wrong.finished_at, scope.read_at) > {{ "now" | bound }}
