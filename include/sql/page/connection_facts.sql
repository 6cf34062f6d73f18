-- What the last check learned beside differences: of Info-Link's tables which indexes they have and whether changes are
-- tracked; of Procore whose origin ids its records carry, and what the service account may do and see.
select
    facts.company_code,
    facts.kind,
    facts.subject,
    facts.item,
    facts.fact,
    facts.checked_at
from sync.connection_facts as facts
where facts.company_code = any({{ "companies" | bound }})
order by facts.company_code asc, facts.kind asc, (facts.item = 'indexes') desc, facts.subject asc, facts.item asc
