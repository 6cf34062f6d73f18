-- Where web services and Info-Link tables differ from what is known of them, and what each difference affects.
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
    findings.checked_at
from sync.connection_findings as findings
where findings.company_code = any({{ "companies" | bound }})
order by findings.stops desc, findings.company_code asc, findings.kind asc, findings.subject asc, findings.item asc
