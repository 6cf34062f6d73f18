-- A run can be undone from its calls (N10): its rows join the open plan, and are looked at, accepted and applied like any
-- other.
alter table procore.plan_rows drop constraint plan_rows_kind_check;

alter table procore.plan_rows add constraint plan_rows_kind_check check (
    kind in ('create', 'link', 'update', 'undo', 'refused', 'waits', 'gone')
);

alter table procore.plan_rows add column asked_run_id text;

comment on column procore.plan_rows.kind is
'create: a new record in Procore. link: with one that exists. update: of a linked one. undo: of what a run has done. '
'refused: Spectrum''s values do not do. waits: an export is at work on it. gone: one of a linked pair is no longer there';
comment on column procore.plan_rows.asked_run_id is 'Airflow run whose question it is';

alter table procore.calls drop constraint calls_kind_check;

alter table procore.calls add constraint calls_kind_check check (
    kind in ('create', 'link', 'update', 'reactivate', 'undo')
);

comment on column procore.calls.kind is
'What was done: create, link, update, make an inactive record active again, or undo what a run has done';
