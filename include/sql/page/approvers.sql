-- Who has approved what is synced, for the choice above the list; people who are no approvers any more, too.
select distinct ledger.answered_by_name
from export.queue
inner join export.ledger on queue.attempt_id = ledger.attempt_id
where
    queue.state = 'linked'
    and queue.object_name = any({{ "objects" | bound }})
    and queue.company_code = any({{ "companies" | bound }})
order by ledger.answered_by_name
