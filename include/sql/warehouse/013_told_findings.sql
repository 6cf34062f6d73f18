-- Differences that only a check of the connections meets, in parameters of web services and in tables that exports alone
-- look up, are told once, as those that syncs meet are.
alter table sync.connection_findings add column finding_id bigint generated always as identity;
alter table sync.connection_findings add column told_at timestamptz;

comment on column sync.connection_findings.finding_id is 'Number of the difference; every check gives another';
comment on column sync.connection_findings.told_at is 'When people were told of it; null while nobody was';
