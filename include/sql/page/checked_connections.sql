-- What the last check_connections found, a row a connection of a company, with how much else it noticed there.
select
    connections.company_code,
    connections.kind,
    connections.status = 'Connected' as connected,
    nullif(connections.reason, '') as reason,
    nullif(connections.remedy, '') as remedy,
    connections.checked_at,
    services.services,
    services.services_off,
    services.not_enabled,
    services.missing,
    findings.differences,
    findings.stopping,
    (
        select count(*)
        from sync.connection_facts as facts
        where
            facts.company_code = connections.company_code
            and facts.connection = connections.connection
            and facts.kind = connections.kind
    ) as facts,
    (
        select count(*)
        from sync.connection_columns as columns
        where
            columns.company_code = connections.company_code
            and columns.connection = connections.connection
            and connections.kind = 'Info-Link'
    ) as columns
from sync.connections
left join lateral (
    select
        count(*) as services,
        count(*) filter (where needed and status in ('Not enabled', 'Missing')) as services_off,
        array_agg(service order by service) filter (where needed and status = 'Not enabled') as not_enabled,
        array_agg(service order by service) filter (where needed and status = 'Missing') as missing
    from sync.connection_services as listed
    where
        listed.company_code = connections.company_code
        and listed.connection = connections.connection
        and connections.kind = 'web services'
) as services on true
left join lateral (
    select
        count(*) as differences,
        count(*) filter (where noticed.stops) as stopping
    from sync.connection_findings as noticed
    where
        noticed.company_code = connections.company_code
        and noticed.connection = connections.connection
        and noticed.kind = connections.kind
) as findings on true
where connections.company_code = any({{ "companies" | bound }})
order by connections.company_code, connections.kind, connections.connection
