-- Where web services and Info-Link tables differ from what is known of them, and what has to be done in Procore, with
-- what each of it affects.
select
    findings.company_code,
    findings.kind,
    findings.subject,
    findings.item,
    findings.difference,
    findings.stops,
    findings.detail,
    findings.affects,
    findings.closest,
    findings.paste,
    findings.remedy,
    findings.checked_at
from sync.connection_findings as findings
where findings.company_code = any({{ "companies" | bound }})
order by findings.stops desc, findings.company_code asc, findings.kind asc, findings.subject asc, findings.item asc
