-- Everything that was ever answered about a record, and the calls that followed, the newest first.
select
    ledger.attempt_id,
    ledger.decision,
    ledger.answers,
    ledger.answered_by_name,
    ledger.answered_at,
    ledger.spectrum_key,
    ledger.state,
    ledger.reason,
    ledger.finished_at,
    coalesce(made.calls, '[]') as calls
from export.ledger
left join lateral (
    select
        jsonb_agg(
            jsonb_build_object(
                'service', calls.service,
                'key', calls.key,
                'fields', calls.fields,
                'adds', calls.adds,
                'state', calls.state,
                'note', calls.note,
                'answered_at', calls.answered_at
            )
            order by calls.call_number
        ) as calls
    from export.calls
    where calls.attempt_id = ledger.attempt_id
) as made on true
where
    ledger.object_name = {{ "object" | bound }}
    and ledger.company_code = {{ "company" | bound }}
    and ledger.project_id = {{ "project" | bound }}
    and ledger.record_id = {{ "record" | bound }}
order by ledger.attempt_id desc
limit 20
