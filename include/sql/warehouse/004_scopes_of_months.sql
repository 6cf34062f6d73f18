-- Runs of some months are remembered by month too: what they found unchanged, or not there at all, has no newer partition
-- to show for it, and an older reading that comes back late must not overwrite it either.
alter table sync.scopes add column partition_month text not null default '';

alter table sync.scopes drop constraint scopes_pkey;

alter table sync.scopes add primary key (object_name, company_code, job_number, partition_month);

comment on table sync.scopes is
'How new the published data are, per object and company, and per job and month of narrowed runs.';
comment on column sync.scopes.job_number is 'Job of a run narrowed to jobs; empty for all jobs';
comment on column sync.scopes.partition_month is 'Month of a run narrowed to months; empty for all months';
