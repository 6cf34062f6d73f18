-- A landing says what it could not read as it is: characters that PostgreSQL or XML cannot hold, and jobs that a web
-- service cannot be asked for. `check` takes the former out and lists the latter.
alter table sync.landing_tables add column marked_rows bigint not null default 0;
alter table sync.landing_tables add column not_asked text[] not null default '{}';

comment on column sync.landing_tables.marked_rows is
'Rows that hold a character that PostgreSQL or XML cannot hold; a mark stands for it';
comment on column sync.landing_tables.not_asked is
'Jobs that the web service cannot be asked for by their number; each is listed in sync.rejected_rows';
