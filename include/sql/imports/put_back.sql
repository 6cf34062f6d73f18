-- What was accepted and is another row now: somebody has to look again. The row stays, as a trace of the decision.
update procore.plan_rows
set
    state = 'put back',
    reason = 'it was accepted, and has changed since in Spectrum or in Procore',
    remedy = 'look at its new row',
    changed_at = clock_timestamp()
where plan_id = {{ "plan" | bound }} and state = 'accepted' and row_id = any({{ "rows" | bound }}::bigint [])
returning row_id
