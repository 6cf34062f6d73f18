-- Which of some staged tables are known of a company: read whole by a sync that ended well, and not left out by the
-- newest such sync of their object because the site does not show them. Only then does no row mean that there is none.
-- `absent` names the parts of the key that the site does not show.
select
    wanted.table_name,
    newest.landing_id is not null and tried.landing_id is null as not_shown,
    whole.read_at,
    coalesce(landed.absent, '{}') as absent
from unnest({{ "objects" | bound }}::text[], {{ "tables" | bound }}::text[]) as wanted (object_name, table_name)
left join lateral (
    select max(runs.landing_id) as landing_id
    from sync.runs
    where
        runs.object_name = wanted.object_name
        and runs.company_code = {{ "company" | bound }}
        and runs.state in ('published', 'unchanged')
        and not runs.narrowed
) as newest on true
left join lateral (
    select max(runs.landing_id) as landing_id
    from sync.runs
    where
        runs.landing_id = newest.landing_id
        and runs.table_name = wanted.table_name
        and runs.company_code = {{ "company" | bound }}
) as tried on true
left join lateral (
    select
        runs.read_at,
        runs.landing_id
    from sync.runs
    where
        runs.table_name = wanted.table_name
        and runs.company_code = {{ "company" | bound }}
        and runs.state in ('published', 'unchanged')
        and not runs.narrowed
    order by runs.read_at desc
    limit 1
) as whole on true
left join sync.landing_tables as landed
    on
        whole.landing_id = landed.landing_id
        and wanted.table_name = landed.table_name
