-- What one check of the connections found and nobody was told of, but for differences that a sync has met too, which tells
-- them.
select
    findings.finding_id,
    findings.company_code,
    findings.kind,
    findings.subject,
    findings.item,
    findings.difference,
    findings.detail,
    findings.affects,
    findings.remedy
from sync.connection_findings as findings
inner join sync.connections as connections
    on
        findings.company_code = connections.company_code
        and findings.connection = connections.connection
        and findings.kind = connections.kind
where
    connections.run_id = {{ "run_id" | bound }}
    and findings.told_at is null
    and not exists (
        select 1
        from sync.drift as drift
        where
            drift.company_code = findings.company_code
            and drift.source_name = findings.subject
            and drift.column_name = findings.item
            and drift.change = findings.difference
            and drift.resolved_at is null
    )
order by findings.company_code, findings.kind, findings.subject, findings.item
