-- A site may not show a part of a table's key: its rows are staged without it, which is no fault of a row then.
alter table sync.landing_tables add column absent text[] not null default '{}';

comment on column sync.landing_tables.absent is
'Parts of the key that this site does not show; the rows that the rest of the key does not tell apart were added up';

-- Degrees have six decimals. The view that joins a table with its history is made again from the spec.
drop view if exists history.jobs_versions;
alter table if exists spectrum.jobs
alter column latitude type numeric(14, 6), alter column longitude type numeric(14, 6);
alter table if exists history.jobs
alter column latitude type numeric(14, 6), alter column longitude type numeric(14, 6);
delete from sync.table_specs
where table_name = 'jobs';
