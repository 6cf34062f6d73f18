-- A restarted server has everything that was committed; a warehouse that was restored from a backup, or that a standby has
-- taken over, may lack decisions as well: what somebody took back, left out or undid after the backup. Imports into Procore
-- do not act on a decision that is older than that.

-- To restore a dump creates this table again, or empties and refills it: either way it lies in another file. A standby that
-- is promoted, and a recovery to a point in time, begin a new timeline; where the service hides it, the other two decide.
create or replace function export.which_books() returns text
language plpgsql
as $$
declare
    timeline text;
begin
    begin
        timeline := left(pg_walfile_name(pg_current_wal_lsn()), 8);
    exception
        when feature_not_supported or insufficient_privilege or undefined_function then timeline := 'unknown';
    end;
    return (
        select concat_ws('/', oid, pg_relation_filenode('export.continuity'), timeline)
        from pg_database
        where datname = current_database()
    );
end
$$;

comment on function export.which_books() is
'Which tables these are: other ones once a backup was restored or another server has taken over, the same after a restart';

alter table export.continuity add column books text not null default '';

alter table export.continuity add column restored_at timestamptz;

comment on table export.continuity is 'One row: the server, database and tables that the warehouse was last seen on.';
comment on column export.continuity.server is 'When that server was started, and the number of the database on it';
comment on column export.continuity.noticed_at is
'When it was noticed that it is another than before, restarts included; null where it never was. Exports go on sending after the settle time';
comment on column export.continuity.books is 'Database, file of this table, and timeline of the server';
comment on column export.continuity.restored_at is
'When it was noticed that these are others: restored from a backup, or taken over by another server; null where they never were. Imports act on no decision before that';

-- A backup of the version before may be what is brought up to date here.
update export.continuity
set
    books = export.which_books(),
    restored_at = case
        when substring(server from '[^/]+$') != split_part(export.which_books(), '/', 1) then clock_timestamp()
    end;
