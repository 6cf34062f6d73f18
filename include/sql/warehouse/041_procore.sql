-- Into Procore: what Procore last confirmed, the plans of what would be changed there, and every writing call. Only the
-- imports write here. Analysts have no access.
create schema procore;

comment on schema procore is
'Spectrum to Procore: plans and their rows, calls, what Procore last confirmed. Not for analysts.';

create table procore.looks (
    object_name text not null,
    company_code text not null,
    procore_company_id bigint not null,
    looked_at timestamptz not null,
    whole_at timestamptz not null,
    primary key (object_name, company_code)
);

comment on table procore.looks is 'When Procore was last looked at: one row an object and company.';
comment on column procore.looks.object_name is 'Imported object';
comment on column procore.looks.company_code is 'Spectrum company';
comment on column procore.looks.procore_company_id is 'Procore company that was looked at';
comment on column procore.looks.looked_at is 'When it was last asked for what had changed';
comment on column procore.looks.whole_at is 'When all of it was last read';

create table procore.records (
    object_name text not null,
    company_code text not null,
    record_id text not null,
    name text not null,
    origin_id text,
    origin_code text,
    is_active boolean not null,
    fields jsonb not null,
    followed jsonb,
    read_at timestamptz not null,
    changed_at timestamptz not null,
    gone_at timestamptz,
    primary key (object_name, company_code, record_id)
);

create index records_by_origin on procore.records (object_name, company_code, origin_id) where origin_id is not null;

comment on table procore.records is 'What Procore last confirmed: one row a record of Procore.';
comment on column procore.records.object_name is 'Imported object';
comment on column procore.records.company_code is 'Spectrum company';
comment on column procore.records.record_id is 'Procore id';
comment on column procore.records.name is 'What it is called in Procore';
comment on column procore.records.origin_id is 'Hidden id that an integration has set; null where none has';
comment on column procore.records.origin_code is 'What Procore shows as ERP id';
comment on column procore.records.is_active is 'Whether it is in use in Procore';
comment on column procore.records.fields is 'What Procore holds of the fields that imports write or compare';
comment on column procore.records.followed is
'What Spectrum held of a linked record when it was linked or last followed; null where it is not linked';
comment on column procore.records.read_at is 'When Procore last said so';
comment on column procore.records.changed_at is 'When it was last seen to differ from before';
comment on column procore.records.gone_at is 'When Procore no longer had it; null while it has';

create table procore.plans (
    plan_id bigint generated always as identity primary key,
    object_name text not null,
    company_code text not null,
    state text not null check (state in ('open', 'replaced', 'dry run')),
    narrowed boolean not null,
    dag_id text not null,
    run_id text not null,
    made_at timestamptz not null default clock_timestamp(),
    looked_at timestamptz not null,
    planned_calls integer not null default 0,
    basis text not null,
    asks_dag_id text,
    asks_run_id text,
    asks_task_id text,
    asks_map_index integer,
    ended_at timestamptz
);

create unique index plans_open on procore.plans (object_name, company_code) where state = 'open';

comment on table procore.plans is 'One row a plan: what would be changed in Procore. One is open an object and company.';
comment on column procore.plans.plan_id is 'Number of the plan';
comment on column procore.plans.object_name is 'Imported object';
comment on column procore.plans.company_code is 'Spectrum company';
comment on column procore.plans.state is
'open: its rows can be accepted and applied. replaced: a newer plan has taken over. dry run: only to be looked at';
comment on column procore.plans.narrowed is 'Whether the run that made it looked at some records only';
comment on column procore.plans.dag_id is 'DAG that made it';
comment on column procore.plans.run_id is 'Its run';
comment on column procore.plans.made_at is 'When it was made';
comment on column procore.plans.looked_at is 'When Procore was looked at for it';
comment on column procore.plans.planned_calls is 'Writing calls that applying all of it takes';
comment on column procore.plans.basis is 'SHA-256 of the state of everything that it was made of: while that is the same, so is the plan';
comment on column procore.plans.asks_dag_id is 'DAG of the task instance that waits for an answer; null when none does';
comment on column procore.plans.asks_run_id is 'Its run';
comment on column procore.plans.asks_task_id is 'Its task';
comment on column procore.plans.asks_map_index is 'Its map index';
comment on column procore.plans.ended_at is 'When a newer plan took over';

create table procore.plan_rows (
    row_id bigint generated always as identity primary key,
    plan_id bigint not null references procore.plans,
    object_name text not null,
    company_code text not null,
    spectrum_key text not null,
    title text not null,
    kind text not null check (kind in ('create', 'link', 'update', 'refused', 'waits', 'gone')),
    state text not null check (
        state in (
            'ready', 'suggested', 'not ready', 'left out', 'accepted', 'applying', 'unknown', 'applied', 'failed',
            'put back'
        )
    ),
    record_id text not null default '',
    record_title text,
    origin_id text,
    before jsonb not null default '{}',
    after jsonb not null default '{}',
    spectrum jsonb not null default '{}',
    row_hash text not null,
    score numeric(4, 1),
    attributes text [] not null default '{}',
    exact boolean not null default false,
    tied boolean not null default false,
    candidates jsonb not null default '[]',
    rule text,
    field text,
    value text,
    reason text,
    remedy text,
    decided_by text,
    decided_by_name text,
    decided_at timestamptz,
    asked_at timestamptz,
    changed_at timestamptz not null default clock_timestamp()
);

create unique index plan_rows_by_key on procore.plan_rows (plan_id, spectrum_key);

create index plan_rows_by_state on procore.plan_rows (object_name, company_code, state);

comment on table procore.plan_rows is 'One row a record of Spectrum for which a plan has something to do, or to say.';
comment on column procore.plan_rows.row_id is 'Number of the row';
comment on column procore.plan_rows.plan_id is 'Its plan; a newer plan takes over the rows that it keeps';
comment on column procore.plan_rows.object_name is 'Imported object';
comment on column procore.plan_rows.company_code is 'Spectrum company';
comment on column procore.plan_rows.spectrum_key is 'What the record is called in Spectrum';
comment on column procore.plan_rows.title is 'What people call it';
comment on column procore.plan_rows.kind is
'create: a new record in Procore. link: with one that exists. update: of a linked one. refused: Spectrum''s values do '
'not do. waits: an export is at work on it. gone: one of a linked pair is no longer there';
comment on column procore.plan_rows.state is
'ready: can be accepted as it is. suggested: a person has to look at the match. not ready: nothing can be done now. '
'left out: by a person, until it is included again. accepted: will be applied. applying: a call is under way. unknown: '
'its answer was lost. applied: done. failed: Procore refused it. put back: it changed since it was accepted';
comment on column procore.plan_rows.record_id is 'Procore id of the record to link or change; empty for a new one';
comment on column procore.plan_rows.record_title is 'What that record is called in Procore';
comment on column procore.plan_rows.origin_id is 'Origin id that the Procore record will carry';
comment on column procore.plan_rows.before is 'What Procore holds of the fields that count';
comment on column procore.plan_rows.after is 'What is written';
comment on column procore.plan_rows.spectrum is 'What Spectrum holds of the record';
comment on column procore.plan_rows.row_hash is 'SHA-256 of before and after: what a decision is about';
comment on column procore.plan_rows.score is 'Of the match, from 0 to 100; null where there is none';
comment on column procore.plan_rows.attributes is 'What agrees in the match';
comment on column procore.plan_rows.exact is 'Whether it is the one match of exactly this name';
comment on column procore.plan_rows.tied is 'Whether another match is as good';
comment on column procore.plan_rows.candidates is 'All matches: Procore id, name, score, what agrees';
comment on column procore.plan_rows.rule is 'The rule that refuses it, by its number in the requirements';
comment on column procore.plan_rows.field is 'The field that is refused';
comment on column procore.plan_rows.value is 'Its value';
comment on column procore.plan_rows.reason is 'Why it stands where it stands, where that needs saying';
comment on column procore.plan_rows.remedy is 'What to do, as an instruction; null where the reason says all';
comment on column procore.plan_rows.decided_by is 'Airflow user id of who decided; the setting that did, for rows that are not asked about';
comment on column procore.plan_rows.decided_by_name is 'Their name then';
comment on column procore.plan_rows.decided_at is 'When it was decided';
comment on column procore.plan_rows.asked_at is
'When somebody was last asked about it in Airflow''s Required Actions: an answer there is about these rows alone';
comment on column procore.plan_rows.changed_at is 'When its state last changed';

create table procore.left_out (
    object_name text not null,
    company_code text not null,
    spectrum_key text not null,
    left_out_by text not null,
    left_out_by_name text not null,
    left_out_at timestamptz not null default clock_timestamp(),
    primary key (object_name, company_code, spectrum_key)
);

comment on table procore.left_out is 'What a person left out: no run brings it into Procore until it is included again.';
comment on column procore.left_out.object_name is 'Imported object';
comment on column procore.left_out.company_code is 'Spectrum company';
comment on column procore.left_out.spectrum_key is 'What the record is called in Spectrum';
comment on column procore.left_out.left_out_by is 'Airflow user id of who left it out';
comment on column procore.left_out.left_out_by_name is 'Their name then';
comment on column procore.left_out.left_out_at is 'When';

create table procore.calls (
    call_id bigint generated always as identity primary key,
    row_id bigint not null references procore.plan_rows,
    object_name text not null,
    company_code text not null,
    spectrum_key text not null,
    kind text not null check (kind in ('create', 'link', 'update', 'reactivate')),
    record_id text not null,
    origin_id text,
    held_before jsonb not null,
    sent jsonb not null,
    decided_by text,
    decided_by_name text,
    decided_at timestamptz,
    state text not null check (state in ('intent', 'applied', 'refused', 'not sent', 'unknown')),
    answer text,
    entity jsonb,
    differs jsonb,
    dag_id text not null,
    run_id text not null,
    intent_at timestamptz not null default clock_timestamp(),
    answered_at timestamptz,
    compared_at timestamptz
);

create index calls_by_record on procore.calls (object_name, company_code, spectrum_key, call_id desc);

create index calls_by_row on procore.calls (row_id);

comment on table procore.calls is
'One row a record and writing call: the intent is committed before the call, the outcome after. Rows are never deleted.';
comment on column procore.calls.call_id is 'Number';
comment on column procore.calls.row_id is 'Accepted row of a plan that it belongs to';
comment on column procore.calls.object_name is 'Imported object';
comment on column procore.calls.company_code is 'Spectrum company';
comment on column procore.calls.spectrum_key is 'What the record is called in Spectrum';
comment on column procore.calls.kind is 'What was done: create, link, update, or make an inactive record active again';
comment on column procore.calls.record_id is 'Procore id; empty until a new record has one';
comment on column procore.calls.origin_id is 'Origin id that the record was to carry';
comment on column procore.calls.held_before is 'What Procore held of it before';
comment on column procore.calls.sent is 'What was sent';
comment on column procore.calls.decided_by is 'Airflow user id of who accepted it';
comment on column procore.calls.decided_by_name is 'Their name then';
comment on column procore.calls.decided_at is 'When they did';
comment on column procore.calls.state is
'intent: begun. applied: Procore took it. refused: Procore did not. not sent: surely not executed. unknown: the answer was lost';
comment on column procore.calls.answer is 'What Procore said, where it did not take it';
comment on column procore.calls.entity is 'The record as Procore answered it';
comment on column procore.calls.differs is 'Where Procore held something else than was sent when it was read back; null where nothing';
comment on column procore.calls.dag_id is 'DAG that made the call';
comment on column procore.calls.run_id is 'Its run';
comment on column procore.calls.intent_at is 'When it was begun';
comment on column procore.calls.answered_at is 'When its outcome was known';
comment on column procore.calls.compared_at is 'When it was read back; null where it was not yet';
