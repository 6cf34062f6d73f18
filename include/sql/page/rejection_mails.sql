-- Whether whoever made a record in Procore was told of its rejections.
select
    rejection_mails.attempt_id,
    rejection_mails.creator,
    rejection_mails.sent_at,
    rejection_mails.problem
from export.rejection_mails
inner join export.ledger on rejection_mails.attempt_id = ledger.attempt_id
where
    ledger.object_name = {{ "object" | bound }}
    and ledger.company_code = {{ "company" | bound }}
    and ledger.project_id = {{ "project" | bound }}
    and ledger.record_id = {{ "record" | bound }}
