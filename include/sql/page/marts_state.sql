-- How new the marts of each company are, and how many syncs have changed something since that is not in them yet.
select
    companies.company_code,
    computed.computed_at,
    coalesce(waiting.syncs, 0) as waiting
from unnest({{ "companies" | bound }}::text[]) as companies (company_code)
left join (
    select
        marts.company_code,
        min(marts.rebuilt_at) as computed_at
    from sync.marts
    where marts.mart_name = any({{ "marts" | bound }})
    group by marts.company_code
) as computed on companies.company_code = computed.company_code
left join (
    select
        runs.company_code,
        count(distinct runs.landing_id) as syncs
    from sync.runs
    where
        runs.table_name = any({{ "sources" | bound }})
        and runs.state = 'published'
        and runs.new_rows + runs.changed_rows + runs.deleted_rows > 0
        and not exists (
            select 1
            from sync.mart_runs as taken
            where
                taken.landing_id = runs.landing_id
                and taken.table_name = runs.table_name
                and taken.finished_at = runs.finished_at
        )
    group by runs.company_code
) as waiting on companies.company_code = waiting.company_code
order by companies.company_code
