-- Taking over from another integration (N12): what a person has confirmed, and which ids that integration had left in
-- Procore by then. One that appears later means that it still writes.
create table procore.takeovers (
    takeover_id bigint generated always as identity primary key,
    object_name text not null,
    company_code text not null,
    procore_company_id bigint not null,
    confirmed_by text not null,
    confirmed_at timestamptz not null default clock_timestamp(),
    first_look_at timestamptz not null,
    second_look_due timestamptz not null,
    second_look_at timestamptz,
    ended_at timestamptz,
    ended_because text
);

create unique index takeovers_standing on procore.takeovers (object_name, company_code) where ended_at is null;

comment on table procore.takeovers is
'Who confirmed that the other integration is switched off: one row a confirmation, object and company.';
comment on column procore.takeovers.takeover_id is 'Number';
comment on column procore.takeovers.object_name is 'Imported object';
comment on column procore.takeovers.company_code is 'Spectrum company';
comment on column procore.takeovers.procore_company_id is 'Procore company that the other integration wrote into';
comment on column procore.takeovers.confirmed_by is 'Airflow user who confirmed it in the form of a run';
comment on column procore.takeovers.confirmed_at is 'When';
comment on column procore.takeovers.first_look_at is 'When Procore was read for the first time after that';
comment on column procore.takeovers.second_look_due is 'From when on it is read again: nothing is replaced before';
comment on column procore.takeovers.second_look_at is
'When it was read again, and no new id was found; null while that is not done';
comment on column procore.takeovers.ended_at is 'When it was found to be no longer true; null while it stands';
comment on column procore.takeovers.ended_because is 'Why, in words';

create table procore.foreign_ids (
    takeover_id bigint not null references procore.takeovers,
    origin_id text not null,
    record_id text not null,
    name text not null,
    origin_code text,
    primary key (takeover_id, origin_id)
);

comment on table procore.foreign_ids is
'The ids of the other integration that Procore held at the first look after a confirmation.';
comment on column procore.foreign_ids.takeover_id is 'The confirmation';
comment on column procore.foreign_ids.origin_id is 'Hidden id that the other integration has set';
comment on column procore.foreign_ids.record_id is 'Procore id of the record that carried it';
comment on column procore.foreign_ids.name is 'What that record was called';
comment on column procore.foreign_ids.origin_code is 'What Procore showed as its ERP id; null where it showed none';

-- Whether an origin id is that of another integration: it begins with none of our own marks. One fact, asked in many places.
create function procore.is_foreign(origin_id text, own_marks text []) returns boolean
language sql immutable parallel safe
return origin_id is not null
and not exists (
    select from unnest(own_marks) as own (mark)
    where starts_with(lower(origin_id), lower(own.mark))
);

comment on function procore.is_foreign(text, text []) is
'Whether a Procore record''s hidden id is that of another integration; false where it has none';

-- Contracts are linked as another integration had exported them, and keep its marks in Procore.
alter table export.links drop constraint links_how_check;

alter table export.links add constraint links_how_check check (how in ('export', 'by hand', 'import', 'taken over'));

comment on column export.links.how is
'export, by hand, import: created or linked by an accepted row of a plan, or taken over: exported by another integration';

-- What is taken over is a row of a plan, and a call, of its own kind.
alter table procore.plan_rows drop constraint plan_rows_kind_check;

alter table procore.plan_rows add constraint plan_rows_kind_check check (
    kind in ('create', 'link', 'take over', 'update', 'undo', 'refused', 'waits', 'gone')
);

comment on column procore.plan_rows.kind is
'create: a new record in Procore. link: with one that exists. take over: link with one that carries the id of another '
'integration, which is replaced by ours. update: of a linked one. undo: of what a run has done. refused: Spectrum''s '
'values do not do. waits: an export is at work on it. gone: one of a linked pair is no longer there';

alter table procore.calls drop constraint calls_kind_check;

alter table procore.calls add constraint calls_kind_check check (
    kind in ('create', 'link', 'take over', 'update', 'reactivate', 'undo')
);

comment on column procore.calls.kind is
'What was done: create, link, take over, update, make an inactive record active again, or undo what a run has done';
