-- A sync that finds nothing new has nothing to do. What it landed is compared with what was last checked and published:
-- the fingerprint of a landed table stands for its rows, and for all that decides what becomes of them (columns, rules,
-- checks, settings, the tables that its checks look up). Where it is the same, and the staged table is as that publish
-- left it, nothing is typed, checked or written, and the last checks hold.
alter table sync.landing_tables add column fingerprint text not null default '';
alter table sync.landing_tables add column checks_of bigint;
alter table sync.runs add column checks_of bigint;

create table sync.snapshots (
    table_name text not null,
    company_code text not null,
    landing_id bigint not null,
    fingerprint text not null,
    staged text not null,
    published_at timestamptz not null default clock_timestamp(),
    primary key (table_name, company_code)
);

comment on column sync.landing_tables.fingerprint is
'Stands for the landed rows and all that decides what becomes of them; empty where it was not taken';
comment on column sync.landing_tables.checks_of is
'Landing with the same fingerprint that was checked and published last; null where this one is checked itself';
comment on column sync.runs.checks_of is
'Landing whose checks still hold, because nothing has changed since; null where the run was checked itself';
comment on table sync.snapshots is 'What was last checked and published of each whole table, to know it again.';
comment on column sync.snapshots.table_name is 'Staged table';
comment on column sync.snapshots.company_code is 'Spectrum company';
comment on column sync.snapshots.landing_id is 'The landing that was checked and published';
comment on column sync.snapshots.fingerprint is 'Its fingerprint, as in sync.landing_tables';
comment on column sync.snapshots.staged is 'What the staged table held then: counts and checksums of its rows';
comment on column sync.snapshots.published_at is 'When';
