-- A job and month of transactions waits for another reason too: so many of its rows were rejected that a guard held it
-- back. Its last good version stays until somebody looks.
alter table sync.deferred add column reason text not null default 'moved' check (reason in ('moved', 'rejected'));
alter table sync.deferred add column rejected_rows bigint not null default 0;

comment on table sync.deferred is
'One row a job and month of transactions that the last run did not publish: it changed while it was copied, or a guard '
'held it back.';
comment on column sync.deferred.reason is
'moved: it changed while it was copied, and the next run takes it. rejected: too many of its rows were newly rejected; '
'its last good version stays until they are corrected in Spectrum or a run allows them';
comment on column sync.deferred.rejected_rows is 'Rows newly rejected, where that is the reason';
