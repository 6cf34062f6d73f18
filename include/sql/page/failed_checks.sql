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
    select of_landing.check_id
    from sync.checks as of_landing
    where
        of_landing.table_name = wanted.table_name
        and of_landing.landing_id = (
            select latest.landing_id
            from sync.checks as latest
            where
                latest.table_name = wanted.table_name
                and latest.company_code = companies.company_code
                and latest.landing_id is not null
            order by latest.checked_at desc
            limit 1
        )
    union all
    select of_comparison.check_id
    from sync.checks as of_comparison
    where
        of_comparison.table_name = wanted.table_name
        and of_comparison.company_code = companies.company_code
        and of_comparison.landing_id is null
        and of_comparison.checked_at >= {{ "since" | bound }}
        and of_comparison.run_id = (
            select latest.run_id
            from sync.checks as latest
            where
                latest.table_name = wanted.table_name
                and latest.company_code = companies.company_code
                and latest.landing_id is null
                and latest.checked_at >= {{ "since" | bound }}
            order by latest.checked_at desc
            limit 1
        )
) as newest on true
inner join sync.checks on newest.check_id = checks.check_id
where checks.status != 'passed'
order by checks.status, checks.object_name, checks.table_name, checks.check_name, checks.company_code
