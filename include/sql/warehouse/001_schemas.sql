-- The warehouse's rooms. Staged tables themselves are created from their specs (plugins/spectrum_etl/staging/objects).
create schema landing;

comment on schema landing is
'What a run has read and not yet published: untyped, one set of tables a try, dropped afterwards. Not for analysts.';

create schema spectrum;

comment on schema spectrum is
'Spectrum as of the last sync of each object: typed, keyed, checked. Rows whose _deleted_at is not null are gone.';

create schema history;

comment on schema history is
'Superseded and deleted versions of every staged row, with the time they were valid; views join them to the current.';

create schema if not exists sync;

comment on schema sync is
'How the data got here: runs, checks, rejected rows, drift, partitions. Freshness and trust are questions to ask here.';
