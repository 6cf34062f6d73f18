-- What was sent to Spectrum last month, who approved it, how much? As an approver: analysts may not read the ledger.
select
    answered_by_name as approver,
    object_name as kind,
    count(*) as records,
    sum(amount) as amount
from export.approvals
where
    sent_at >= date_trunc('month', now()) - interval '1 month'
    and sent_at < date_trunc('month', now())
group by answered_by_name, object_name
order by approver, kind
