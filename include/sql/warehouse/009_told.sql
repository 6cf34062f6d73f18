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

do $$
begin
    if exists (select from pg_roles where rolname = 'spectrum_analyst') then
        grant select on sync.deferred to spectrum_analyst;
    end if;
end
$$;
