-- The creator of a rejected record was told, or why they were not.
update export.rejection_mails
set
    creator = {{ "creator" | bound }},
    address = {{ "address" | bound }},
    problem = {{ "problem" | bound }},
    sent_at = case when {{ "problem" | bound }}::text is null then clock_timestamp() end
where attempt_id = {{ "attempt_id" | bound }}
