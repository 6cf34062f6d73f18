-- The web services that may not be used as they should.
select
    services.company_code,
    services.service,
    services.direction,
    services.needed,
    services.used_by,
    services.status,
    services.reason,
    services.remedy,
    services.checked_at
from sync.connection_services as services
where
    services.company_code = any({{ "companies" | bound }})
    and services.status in ('Not enabled', 'Missing', 'Not checked')
order by services.needed desc, services.company_code asc, services.service asc
