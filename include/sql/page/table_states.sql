-- How each staged table of each company stands: how its last sync ended, what the last one that came to its checks
-- found, and when it was last read as a whole. A sync that fails before its checks takes no standing warning back.
select
    wanted.object_name,
    wanted.table_name,
    companies.company_code,
    latest.state,
    latest.finished_at,
    latest.seconds,
    latest.narrowed,
    latest.new_rows,
    latest.changed_rows,
    latest.deleted_rows,
    latest.deferred_rows,
    checked.checks_passed,
    checked.checks_warned,
    checked.checks_failed,
    latest.message,
    latest.remedy,
    latest.cause,
    latest.connection,
    latest.run_id,
    whole.read_at,
    whole.staged_rows,
    coalesce(rejected.open_rows, 0) as rejected_rows,
    coalesce(drifted.open_columns, 0) as changed_columns
from unnest({{ "objects" | bound }}::text[], {{ "tables" | bound }}::text[]) as wanted (object_name, table_name)
cross join unnest({{ "companies" | bound }}::text[]) as companies (company_code)
left join lateral (
    select *
    from sync.runs
    where
        runs.table_name = wanted.table_name
        and runs.company_code = companies.company_code
    order by runs.finished_at desc
    limit 1
) as latest on true
left join lateral (
    select
        runs.read_at,
        runs.staged_rows
    from sync.runs
    where
        runs.table_name = wanted.table_name
        and runs.company_code = companies.company_code
        and runs.state in ('published', 'unchanged')
        and not runs.narrowed
    order by runs.finished_at desc
    limit 1
) as whole on true
left join lateral (
    select
        runs.checks_passed,
        runs.checks_warned,
        runs.checks_failed
    from sync.runs
    where
        runs.table_name = wanted.table_name
        and runs.company_code = companies.company_code
        and runs.checks_passed + runs.checks_warned + runs.checks_failed > 0
    order by runs.finished_at desc
    limit 1
) as checked on true
left join (
    select
        table_name,
        company_code,
        count(*) as open_rows
    from sync.rejected_rows
    where resolved_at is null
    group by table_name, company_code
) as rejected
    on
        wanted.table_name = rejected.table_name
        and companies.company_code = rejected.company_code
left join (
    select
        table_name,
        company_code,
        count(*) as open_columns
    from sync.drift
    where resolved_at is null
    group by table_name, company_code
) as drifted
    on
        wanted.table_name = drifted.table_name
        and companies.company_code = drifted.company_code
order by wanted.object_name, wanted.table_name, companies.company_code
