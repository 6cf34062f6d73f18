-- What the marts lack, by company: syncs of tables that no publish of the marts has taken in.
select
    runs.company_code,
    count(*) as syncs,
    min(runs.finished_at) as since,
    (
        select min(marts.rebuilt_at) from sync.marts as marts
        where marts.company_code = runs.company_code
    ) as written_at
from sync.runs as runs
where
    runs.state in ('published', 'stopped', 'failed')
    and not exists (
        select 1 from sync.mart_runs as taken
        where
            taken.landing_id = runs.landing_id
            and taken.table_name = runs.table_name
            and taken.finished_at = runs.finished_at
    )
group by runs.company_code
order by runs.company_code
