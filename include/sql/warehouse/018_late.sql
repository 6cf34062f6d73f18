-- Which syncs are late is found by what the schedules and the books of the syncs say. A moment at which a sync was due
-- counts only from when its schedule was first seen: nothing is late because somebody has just scheduled it more often.
create table sync.watched (
    object_name text primary key,
    schedule text not null,
    since timestamptz not null default clock_timestamp()
);

comment on table sync.watched is 'The schedule of each object as the watch over late syncs last saw it.';
comment on column sync.watched.object_name is 'Importable object';
comment on column sync.watched.schedule is 'never, daily, 4h, 2h or hourly';
comment on column sync.watched.since is 'When it was first seen to be so';

create table sync.told_late (
    object_name text not null,
    company_code text not null,
    since timestamptz not null,
    told_at timestamptz not null default clock_timestamp(),
    primary key (object_name, company_code)
);

comment on table sync.told_late is
'One row an object and company whose sync is late and that people were told of; it ends with the sync.';
comment on column sync.told_late.object_name is 'Importable object';
comment on column sync.told_late.company_code is 'Spectrum company';
comment on column sync.told_late.since is 'When the sync was due, or began to read';
comment on column sync.told_late.told_at is 'When people were told of it';
