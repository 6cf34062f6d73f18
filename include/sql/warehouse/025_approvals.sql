-- What was sent, who approved it, how much: the question of auditors, and of an accountant at the end of a month. The
-- ledger answers it, but an amount stands in the calls of an attempt, under the element of its web service. This view
-- has one row an answer, with the amount that an accountant means by it:
--
--   select * from export.approvals
--   where sent_at >= date_trunc('month', now()) - interval '1 month' and sent_at < date_trunc('month', now());
create view export.approvals as
select
    ledger.attempt_id,
    ledger.company_code,
    ledger.object_name,
    ledger.project_id,
    queue.project_name,
    ledger.record_id,
    ledger.title,
    ledger.decision,
    ledger.answered_by,
    ledger.answered_by_name,
    ledger.answered_at,
    ledger.spectrum_key,
    ledger.state::text as state,
    case when ledger.state = 'linked' then ledger.finished_at end as sent_at,
    written.amount,
    written.lines,
    ledger.reason
from export.ledger
left join export.queue
    on
        ledger.object_name = queue.object_name
        and ledger.company_code = queue.company_code
        and ledger.project_id = queue.project_id
        and ledger.record_id = queue.record_id
-- A vendor has no amount. A change has several of the same money, seen from the job, the subcontract and the customer:
-- the one that the approver thinks of is that of the record's own kind.
left join lateral (
    select
        sum((calls.fields ->> kinds.element)::numeric) as amount,
        count(*) as lines
    from export.calls
    inner join (
        values
        ('budgets', 'AddPhase', 'Original_Est_Cost'),
        ('budget_changes', 'ARChangeRequest', 'Change_Request_Amount'),
        ('commitments', 'UpdateSubcontractPhases', 'Original_Contract_Amount'),
        ('commitment_change_orders', 'ARChangeRequest', 'Sub_Amount'),
        ('prime_contract_change_orders', 'ARChangeRequest', 'CR_Revenue'),
        ('forecasts', 'JobCostProjections', 'Amount')
    ) as kinds (object_name, service, element)
        on calls.service = kinds.service
    where
        calls.attempt_id = ledger.attempt_id
        and kinds.object_name = ledger.object_name
        and calls.fields ->> kinds.element ~ '^-?[0-9]+(\.[0-9]+)?$'
) as written on true;

comment on view export.approvals is
'What was answered about each record: who, when, what became of it, and how much was to be written. One row an answer.';
comment on column export.approvals.attempt_id is 'Number of the attempt in export.ledger and export.calls';
comment on column export.approvals.company_code is 'Spectrum company';
comment on column export.approvals.object_name is 'Exportable object';
comment on column export.approvals.project_id is 'Procore project; empty for records of the company';
comment on column export.approvals.project_name is 'What people call the project; null where that is not known';
comment on column export.approvals.record_id is 'Procore record';
comment on column export.approvals.title is 'What people called it then';
comment on column export.approvals.decision is 'accept, reject or retrieve';
comment on column export.approvals.answered_by is 'Airflow user id of who answered; empty where nobody is named';
comment on column export.approvals.answered_by_name is 'Their name then';
comment on column export.approvals.answered_at is 'When they answered';
comment on column export.approvals.spectrum_key is 'What it is called in Spectrum; null where nothing was to be sent';
comment on column export.approvals.state is 'What it came to; linked: it is in Spectrum, read back and linked';
comment on column export.approvals.sent_at is 'When it was in Spectrum, read back and linked; null where it is not';
comment on column export.approvals.amount is
'What was to be written, in the money of the record''s own kind: contract, estimate, change, revenue, projected cost; null where it has none';
comment on column export.approvals.lines is 'Lines that the amount is the sum of';
comment on column export.approvals.reason is 'Why it came to that, in words';

do $$
begin
    if exists (select from pg_roles where rolname = 'spectrum_approver') then
        grant select on export.approvals to spectrum_approver;
    end if;
end
$$;
