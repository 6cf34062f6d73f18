-- What syncs have done since the marts were written last. Not by time: a sync that read earlier may publish later. A
-- failed one is looked at too, because its commit may have reached the database before the connection was lost.
create temporary table _news on commit drop as
select
    runs.landing_id,
    runs.table_name,
    runs.finished_at,
    runs.read_at
from sync.runs as runs
where
    runs.company_code = {{ "company_code" | bound }}
    and runs.state in ('published', 'stopped', 'failed')
    and not exists (
        select 1 from sync.mart_runs as taken
        where
            taken.landing_id = runs.landing_id
            and taken.table_name = runs.table_name
            and taken.finished_at = runs.finished_at
    )
