-- What the last check_connections found, a row a connection of a company, with how much else it noticed there.
select
    connections.company_code,
    connections.kind,
    connections.status = 'Connected' as connected,
    nullif(connections.reason, '') as reason,
    nullif(connections.remedy, '') as remedy,
    connections.checked_at,
    (
        select count(*)
        from sync.connection_services as services
        where
            services.company_code = connections.company_code
            and services.connection = connections.connection
            and connections.kind = 'web services'
            and services.needed
            and services.status in ('Not enabled', 'Missing')
    ) as services_off,
    (
        select count(*)
        from sync.connection_findings as findings
        where
            findings.company_code = connections.company_code
            and findings.connection = connections.connection
            and findings.kind = connections.kind
    ) as differences
from sync.connections
where connections.company_code = any({{ "companies" | bound }})
order by connections.company_code, connections.kind, connections.connection
