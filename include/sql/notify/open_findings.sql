-- What has to be done in Procore, by the last check of the connections: what stops an import or export first.
select
    findings.company_code,
    findings.subject,
    findings.item,
    findings.difference,
    findings.stops,
    findings.detail,
    findings.remedy
from sync.connection_findings as findings
where
    findings.kind = 'Procore'
    and findings.company_code = any({{ "companies" | bound }})
order by findings.stops desc, findings.company_code asc, findings.subject asc, findings.item asc, findings.difference asc
