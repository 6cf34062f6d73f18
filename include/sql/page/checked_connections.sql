-- What the last check_connections found, a row a connection of a company.
select distinct on (connections.company_code, connections.system)
    connections.company_code,
    connections.system,
    connections.connected,
    connections.reason,
    connections.checked_at
from sync.connections
where connections.company_code = any({{ "companies" | bound }})
order by connections.company_code asc, connections.system asc, connections.checked_at desc
