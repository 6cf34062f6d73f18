-- Which jobs and months a sync wrote to, for whoever continues from there: a run that is told by the asset's event reads
-- the rows of the event's landing, and works on these jobs and months alone.
create table sync.changed_partitions (
    landing_id bigint not null references sync.landings on delete cascade,
    company_code text not null,
    run_id text not null,
    job_number text collate "C" not null,
    partition_month text collate "C" not null,
    primary key (landing_id, job_number, partition_month)
);

create index changed_partitions_by_run on sync.changed_partitions (run_id);

comment on table sync.changed_partitions is
'The jobs and months of job cost transactions that a sync inserted or deleted rows of; one row each.';
comment on column sync.changed_partitions.landing_id is 'The landing, as in sync.runs and in the asset''s event';
comment on column sync.changed_partitions.company_code is 'Spectrum company';
comment on column sync.changed_partitions.run_id is 'Airflow run';
comment on column sync.changed_partitions.job_number is 'Job';
comment on column sync.changed_partitions.partition_month is
'Month, as the source writes it: YYYYMM, or whatever stands in its place';
