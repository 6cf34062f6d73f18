-- The exports' books (Procore to Spectrum): what waits, what was decided and sent, what is linked. Only the exports write
-- here, each change of a state in one transaction that compares the old one. Analysts have no access.
create schema export;

comment on schema export is
'Procore to Spectrum: the queue of records, the ledger of decisions and calls, the links. Not for analysts.';

create domain export.state as text check (
    value in (
        'queued', 'not_ready', 'ready', 'waiting', 'rejected', 'retrieved',
        'sending', 'unknown', 'sent', 'confirmed', 'linked', 'failed'
    )
);

comment on domain export.state is
'queued: meets every rule, for a later run to ask. not_ready: breaks a rule. ready: meets every rule, is asked next. '
'waiting: an approver is asked. rejected, retrieved: the approver said so. sending: accepted, on its way. unknown: the '
'answer of a call was lost. sent: every call was answered. confirmed: read back and equal. linked: done. '
'failed: a person must look.';

create table export.queue (
    object_name text not null,
    company_code text not null,
    project_id text not null,
    record_id text not null,
    title text not null,
    state export.state not null,
    fingerprint text not null,
    broken jsonb not null default '[]',
    broken_text text,
    reason text,
    shown jsonb,
    attempt_id bigint,
    asks_dag_id text,
    asks_run_id text,
    asks_task_id text,
    asks_map_index integer,
    run_id text not null,
    first_seen_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp(),
    changed_at timestamptz not null default clock_timestamp(),
    primary key (object_name, company_code, project_id, record_id),
    check ((state = 'waiting') = (asks_run_id is not null))
);

-- Not led by the key's columns: before the first statistics it would be taken for looking records up by their key.
create index queue_by_state on export.queue (state, first_seen_at);

comment on table export.queue is 'One row a Procore record that might be exported, was, or could not be: where it stands now.';
comment on column export.queue.object_name is 'Exportable object';
comment on column export.queue.company_code is 'Spectrum company';
comment on column export.queue.project_id is 'Procore project; empty for records of the company, such as vendors';
comment on column export.queue.record_id is 'Procore record';
comment on column export.queue.title is 'What people call it';
comment on column export.queue.state is 'Where it stands; the domain export.state says what each means';
comment on column export.queue.fingerprint is 'SHA-256 of what Procore held when it was last looked at';
comment on column export.queue.broken is 'Every rule it breaks: rule, field, value, message, fix';
comment on column export.queue.broken_text is 'The same as text, one rule a line';
comment on column export.queue.reason is 'Why it is in this state, where that needs saying, and what to do';
comment on column export.queue.shown is
'What the approver is shown: key, and each call with what Spectrum holds now; the answer must be about the same';
comment on column export.queue.attempt_id is 'The attempt of the ledger that it last came to';
comment on column export.queue.asks_dag_id is 'DAG of the task instance that waits for the approver; null when none does';
comment on column export.queue.asks_run_id is 'Its run';
comment on column export.queue.asks_task_id is 'Its task';
comment on column export.queue.asks_map_index is 'Its map index';
comment on column export.queue.run_id is 'Airflow run that changed it last';
comment on column export.queue.first_seen_at is 'When it was first collected; who waits longest is asked first';
comment on column export.queue.seen_at is 'When it was last collected';
comment on column export.queue.changed_at is 'When its state last changed';

create table export.ledger (
    attempt_id bigint generated always as identity primary key,
    object_name text not null,
    company_code text not null,
    project_id text not null,
    record_id text not null,
    title text not null,
    decision text not null check (decision in ('accept', 'reject', 'retrieve')),
    answers jsonb not null,
    answered_by text not null,
    answered_by_name text not null,
    answered_at timestamptz not null,
    fingerprint text not null,
    content jsonb not null,
    spectrum_key text,
    payload jsonb,
    payload_hash text,
    state export.state not null,
    reason text,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    dag_id text not null,
    run_id text not null,
    task_id text not null,
    map_index integer not null,
    check ((payload is null) = (payload_hash is null)),
    check ((payload is null) = (spectrum_key is null))
);

create index ledger_by_record on export.ledger (object_name, company_code, project_id, record_id, attempt_id desc);

-- At most one attempt of a record is under way, whatever two runs do at the same time.
create unique index ledger_under_way on export.ledger (object_name, company_code, project_id, record_id)
where finished_at is null;

comment on table export.ledger is 'One row an answer of an approver: who, what, when, and what came of it. Rows are never deleted.';
comment on column export.ledger.attempt_id is 'Number of the attempt';
comment on column export.ledger.object_name is 'Exportable object';
comment on column export.ledger.company_code is 'Spectrum company';
comment on column export.ledger.project_id is 'Procore project; empty for records of the company';
comment on column export.ledger.record_id is 'Procore record';
comment on column export.ledger.title is 'What people called it then';
comment on column export.ledger.decision is 'accept, reject or retrieve';
comment on column export.ledger.answers is 'The form as it was answered';
comment on column export.ledger.answered_by is 'Airflow user id of who answered; empty where nobody is named';
comment on column export.ledger.answered_by_name is 'Their name then';
comment on column export.ledger.answered_at is 'When they answered';
comment on column export.ledger.fingerprint is 'SHA-256 of what Procore held when they answered';
comment on column export.ledger.content is 'What Procore held when they answered, as far as the export looks at it';
comment on column export.ledger.spectrum_key is 'What the record is called in Spectrum; null where nothing was to be sent';
comment on column export.ledger.payload is 'What was approved: the calls with their elements; null where nothing was to be sent';
comment on column export.ledger.payload_hash is 'SHA-256 of that payload; nothing else is ever sent';
comment on column export.ledger.state is 'What it came to; ready: it was not sent and the record is asked about anew';
comment on column export.ledger.reason is 'Why, in words: the reason of a rejection, the refusal of Spectrum, the difference found';
comment on column export.ledger.started_at is 'When the answer was taken up';
comment on column export.ledger.finished_at is 'When it came to its end; null while it is under way';
comment on column export.ledger.dag_id is 'DAG that asked';
comment on column export.ledger.run_id is 'Its run';
comment on column export.ledger.task_id is 'Its task';
comment on column export.ledger.map_index is 'Its map index';

alter table export.queue add foreign key (attempt_id) references export.ledger;

create table export.calls (
    attempt_id bigint not null references export.ledger,
    call_number integer not null,
    service text not null,
    key jsonb not null,
    fields jsonb not null,
    adds boolean not null,
    state text not null default 'pending' check (state in ('pending', 'sending', 'unknown', 'sent', 'refused')),
    tries integer not null default 0,
    held_before jsonb,
    intent_at timestamptz,
    answer text,
    answered_at timestamptz,
    primary key (attempt_id, call_number)
);

comment on table export.calls is 'One row a call of a Spectrum web service: the intent is committed before it, the outcome after.';
comment on column export.calls.attempt_id is 'The attempt it belongs to';
comment on column export.calls.call_number is 'Its place, from 1; a later one is made only after all earlier ones are sent';
comment on column export.calls.service is 'Spectrum web service';
comment on column export.calls.key is 'Elements that say which record of Spectrum';
comment on column export.calls.fields is 'The other elements';
comment on column export.calls.adds is 'Whether Spectrum must hold nothing under the key before';
comment on column export.calls.state is
'pending: surely not executed. sending: begun. unknown: begun, the answer was lost. sent: executed. refused: by Spectrum';
comment on column export.calls.tries is 'How often it was begun';
comment on column export.calls.held_before is 'What Spectrum held under the key before; null where nothing, or it cannot be read';
comment on column export.calls.intent_at is 'When it was last begun';
comment on column export.calls.answer is 'What Spectrum answered, or how it was found out';
comment on column export.calls.answered_at is 'When the outcome was known';

create table export.links (
    link_id bigint generated always as identity primary key,
    object_name text not null,
    company_code text not null,
    project_id text not null,
    record_id text not null,
    spectrum_key text not null,
    how text not null check (how in ('export', 'by hand')),
    attempt_id bigint references export.ledger,
    content jsonb,
    fingerprint text,
    linked_at timestamptz not null default clock_timestamp(),
    linked_by text not null,
    unlinked_at timestamptz,
    unlinked_by text
);

create unique index links_of_procore on export.links (object_name, company_code, record_id) where unlinked_at is null;

create unique index links_of_spectrum on export.links (object_name, company_code, spectrum_key)
where unlinked_at is null;

comment on table export.links is 'Which Procore record is which record of Spectrum: one to one while a link lasts.';
comment on column export.links.link_id is 'Number of the link';
comment on column export.links.object_name is 'Exportable object';
comment on column export.links.company_code is 'Spectrum company';
comment on column export.links.project_id is 'Procore project; empty for records of the company';
comment on column export.links.record_id is 'Procore record';
comment on column export.links.spectrum_key is 'What it is called in Spectrum';
comment on column export.links.how is 'export, or by hand';
comment on column export.links.attempt_id is 'The attempt that last wrote it to Spectrum; null for links by hand';
comment on column export.links.content is 'What Procore held when it was exported; later differences are drift (G5)';
comment on column export.links.fingerprint is 'SHA-256 of that content';
comment on column export.links.linked_at is 'When it was linked, or exported again';
comment on column export.links.linked_by is 'Airflow user id of who accepted or linked it';
comment on column export.links.unlinked_at is 'When the link ended; null while it lasts';
comment on column export.links.unlinked_by is 'Airflow user id of who ended it';

create table export.drift (
    drift_id bigint generated always as identity primary key,
    object_name text not null,
    company_code text not null,
    project_id text not null,
    record_id text not null,
    spectrum_key text not null,
    field text not null,
    exported jsonb,
    held jsonb,
    message text not null,
    first_seen_at timestamptz not null default clock_timestamp(),
    last_seen_at timestamptz not null default clock_timestamp(),
    resolved_at timestamptz
);

create unique index drift_open on export.drift (object_name, company_code, record_id, field) where resolved_at is null;

comment on table export.drift is 'Where Procore now differs from what was exported and may no longer change (G5).';
comment on column export.drift.drift_id is 'Number of the difference';
comment on column export.drift.object_name is 'Exportable object';
comment on column export.drift.company_code is 'Spectrum company';
comment on column export.drift.project_id is 'Procore project';
comment on column export.drift.record_id is 'Procore record';
comment on column export.drift.spectrum_key is 'What it is called in Spectrum';
comment on column export.drift.field is 'What differs; `record` where Procore no longer holds it';
comment on column export.drift.exported is 'What was exported';
comment on column export.drift.held is 'What Procore holds now';
comment on column export.drift.message is 'The difference and what to do';
comment on column export.drift.first_seen_at is 'When it was first seen';
comment on column export.drift.last_seen_at is 'When it was last seen';
comment on column export.drift.resolved_at is 'When it was gone; null while it lasts';

-- Who works with the exports may read everything of them, and change nothing.
do $$
begin
    if not exists (select from pg_roles where rolname = 'spectrum_approver') then
        create role spectrum_approver nologin;
    end if;
exception
    when insufficient_privilege then
        raise notice 'the role spectrum_approver is missing and this login may not create it: ask a database administrator';
    when duplicate_object or unique_violation then
        null;  -- another warehouse of this server has just created it
end
$$;

do $$
begin
    if exists (select from pg_roles where rolname = 'spectrum_approver') then
        grant usage on schema export to spectrum_approver;
        grant select on all tables in schema export to spectrum_approver;
    end if;
end
$$;
