-- What the last check learned of Info-Link's tables beside differences: indexes, and whether changes are tracked.
select
    facts.company_code,
    facts.subject,
    facts.item,
    facts.fact,
    facts.checked_at
from sync.connection_facts as facts
where facts.company_code = any({{ "companies" | bound }})
order by facts.company_code asc, (facts.item = 'indexes') desc, facts.subject asc, facts.item asc
