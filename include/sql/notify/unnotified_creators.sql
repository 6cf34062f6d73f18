-- Rejections since the digest of yesterday whose creators no e-mail has reached, as far as is known: an approver tells
-- them. The page keeps it with the record.
select
    ledger.object_name,
    ledger.company_code,
    ledger.project_id,
    ledger.record_id,
    ledger.title,
    ledger.answered_at,
    rejection_mails.creator,
    rejection_mails.problem
from export.rejection_mails
inner join export.ledger on rejection_mails.attempt_id = ledger.attempt_id
where
    rejection_mails.sent_at is null
    and rejection_mails.begun_at > clock_timestamp() - interval '25 hours'
    -- One that is being told at this moment.
    and (rejection_mails.problem is not null or rejection_mails.begun_at < clock_timestamp() - interval '10 minutes')
    and ledger.company_code = any({{ "companies" | bound }})
order by rejection_mails.begun_at
