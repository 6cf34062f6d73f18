-- Whoever made a record in Procore is told that it was rejected, once: the row of an answer is written before the
-- e-mail is sent, so no second task sends it again.
create table export.rejection_mails (
    attempt_id bigint primary key references export.ledger,
    creator text,
    address text,
    begun_at timestamptz not null default clock_timestamp(),
    sent_at timestamptz,
    problem text
);

comment on table export.rejection_mails is 'Rejected records whose creator in Procore was, or was to be, told by e-mail.';
comment on column export.rejection_mails.attempt_id is 'The rejection, in export.ledger';
comment on column export.rejection_mails.creator is 'Name of who made the record in Procore; null where that is not known';
comment on column export.rejection_mails.address is 'Their e-mail address; null where none could be read';
comment on column export.rejection_mails.begun_at is 'When it was begun to tell them';
comment on column export.rejection_mails.sent_at is
'When the mail server had taken the e-mail; null with no problem: the task ended meanwhile, and nobody knows';
comment on column export.rejection_mails.problem is 'Why they were not told; null where nothing went wrong';

-- What happened and what to do, apart from the message that names the record as well. Rows from before have both in
-- their message, and get them when the difference is seen again.
alter table export.drift add column happened text;
alter table export.drift add column remedy text;

comment on table export.drift is 'Where Procore now differs from what was exported and may no longer change (G5, E2).';
comment on column export.drift.field is
'What differs: a field, of a budget its lock or a budget code; `record` where Procore no longer holds it';
comment on column export.drift.happened is 'What happened in Procore, in words';
comment on column export.drift.remedy is 'What to do, as an instruction';
