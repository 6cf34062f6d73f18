-- The checks that the last checked landing of each table did not meet, and those of the last daily comparison.
select
    checks.check_id,
    checks.object_name,
    checks.table_name,
    checks.company_code,
    checks.source,
    checks.check_name,
    checks.severity,
    checks.status,
    checks.column_names,
    checks.rows_checked,
    checks.rows_failed,
    checks.examples,
    checks.message,
    checks.remedy,
    checks.cause,
    checks.checked_at
from unnest({{ "objects" | bound }}::text[], {{ "tables" | bound }}::text[]) as wanted (object_name, table_name)
cross join unnest({{ "companies" | bound }}::text[]) as companies (company_code)
inner join lateral (
    select latest.landing_id
    from sync.checks as latest
    where
        latest.table_name = wanted.table_name
        and latest.company_code = companies.company_code
        and latest.landing_id is not null
    order by latest.checked_at desc
    limit 1
) as newest on true
inner join sync.checks
    on
        newest.landing_id = checks.landing_id
        and wanted.table_name = checks.table_name
where checks.status != 'passed'
union all
select
    checks.check_id,
    checks.object_name,
    checks.table_name,
    checks.company_code,
    checks.source,
    checks.check_name,
    checks.severity,
    checks.status,
    checks.column_names,
    checks.rows_checked,
    checks.rows_failed,
    checks.examples,
    checks.message,
    checks.remedy,
    checks.cause,
    checks.checked_at
from unnest({{ "objects" | bound }}::text[], {{ "tables" | bound }}::text[]) as wanted (object_name, table_name)
cross join unnest({{ "companies" | bound }}::text[]) as companies (company_code)
inner join lateral (
    select latest.run_id
    from sync.checks as latest
    where
        latest.table_name = wanted.table_name
        and latest.company_code = companies.company_code
        and latest.landing_id is null
        and latest.checked_at >= {{ "since" | bound }}
    order by latest.checked_at desc
    limit 1
) as newest on true
inner join sync.checks
    on
        newest.run_id = checks.run_id
        and wanted.table_name = checks.table_name
        and companies.company_code = checks.company_code
        and checks.landing_id is null
        and checks.checked_at >= {{ "since" | bound }}
where checks.status != 'passed'
order by status, object_name, table_name, check_name, company_code
