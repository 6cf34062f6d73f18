-- People were told of these differences of a check of the connections.
update sync.connection_findings
set told_at = clock_timestamp()
where finding_id = any({{ "findings_ids" | bound }})
