-- What people were told is kept beside what it is about, so that what lasts is told once, whichever worker finds it next.
alter table sync.drift add column told_at timestamptz;

comment on column sync.drift.told_at is 'When people were told of it; null while nobody was';

-- A partition that changes while it is copied waits for the next run, which is no fault. One that waits run after run is
-- never published, and somebody has to know.
create table sync.deferred (
    deferred_id bigint generated always as identity primary key,
    table_name text not null,
    company_code text not null,
    job_number text collate "C" not null,
    partition_month text collate "C" not null,
    source_rows bigint not null,
    runs integer not null default 1,
    since timestamptz not null,
    last_seen_at timestamptz not null,
    told_at timestamptz,
    unique (table_name, company_code, job_number, partition_month)
);

comment on table sync.deferred is
'One row a job and month of transactions that the last run could not publish, because it changed while it was copied.';
comment on column sync.deferred.deferred_id is 'Number of the wait; one that ends and begins again has another';
comment on column sync.deferred.table_name is 'Staged table';
comment on column sync.deferred.company_code is 'Spectrum company';
comment on column sync.deferred.job_number is 'Job; empty where the source''s is blank';
comment on column sync.deferred.partition_month is 'First six characters of the transaction''s date text';
comment on column sync.deferred.source_rows is 'Rows of the source that wait';
comment on column sync.deferred.runs is 'In how many runs in a row it could not be published';
comment on column sync.deferred.since is 'When the first of them read it';
comment on column sync.deferred.last_seen_at is 'When the last of them read it';
comment on column sync.deferred.told_at is 'When people were told of it; null while nobody was';

-- A failure has no row of its own that lasts from run to run.
create table sync.told_failures (
    dag_id text not null,
    message_hash text not null,
    since timestamptz not null default clock_timestamp(),
    told_at timestamptz not null default clock_timestamp(),
    primary key (dag_id, message_hash)
);

comment on table sync.told_failures is
'One row a failure of a DAG that people were told of; a run that succeeds removes those of its DAG.';
comment on column sync.told_failures.dag_id is 'DAG';
comment on column sync.told_failures.message_hash is 'SHA-256 of what failed and why, without the numbers in it';
comment on column sync.told_failures.since is 'When people were first told of it';
comment on column sync.told_failures.told_at is 'When they were last told';
