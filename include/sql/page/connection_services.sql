-- Every web service, as the last check found it: those first that may not be used as they should, needed ones before.
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
where services.company_code = any({{ "companies" | bound }})
order by
    (services.status in ('Not enabled', 'Missing', 'Not checked')) desc,
    services.needed desc,
    services.company_code asc,
    services.direction asc,
    services.service asc
