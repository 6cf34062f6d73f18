-- The fingerprints of a long history are taken in pieces, by years, so that other syncs get Info-Link in between. Which
-- pieces there are is written before the first one, and each is marked in the transaction that lands its fingerprints: a
-- task that gave way, or was killed, goes on with the rest. How long they took decides how the next sync cuts them.
create table sync.fingerprint_pieces (
    landing_id bigint not null references sync.landings on delete cascade,
    look text not null check (look in ('first', 'second')),
    place integer not null,
    first_year text not null,
    before_year text,
    statement text not null,
    source_rows bigint,
    seconds numeric,
    taken_at timestamptz,
    primary key (landing_id, look, place)
);

comment on table sync.fingerprint_pieces is
'One row a query of the fingerprints of job cost transactions, over the years that it asks for.';
comment on column sync.fingerprint_pieces.landing_id is 'The landing, as in sync.landings';
comment on column sync.fingerprint_pieces.look is
'first: decides what is copied. second: after GetPhase, to compare its totals only where nothing has changed meanwhile';
comment on column sync.fingerprint_pieces.place is 'Their order';
comment on column sync.fingerprint_pieces.first_year is
'The first year it asks for; empty: from the very beginning, with dates that are blank';
comment on column sync.fingerprint_pieces.before_year is 'The year it ends before; null: to the end';
comment on column sync.fingerprint_pieces.statement is 'Stands for what is asked: pieces of two statements do not go together';
comment on column sync.fingerprint_pieces.source_rows is 'Rows of the source; null until it was taken';
comment on column sync.fingerprint_pieces.seconds is 'How long it took; null until it was taken';
comment on column sync.fingerprint_pieces.taken_at is 'When; null until it was taken';

-- What a check of Info-Link learned of the tables that are staged, beside differences: nothing depends on it, and it says
-- what could make reading cheaper at this site.
create table sync.connection_facts (
    company_code text not null,
    connection text not null,
    kind text not null,
    subject text not null,
    item text not null,
    fact text not null,
    checked_at timestamptz not null,
    primary key (company_code, connection, kind, subject, item)
);

comment on table sync.connection_facts is
'One row a company, table and question: which indexes a table has, and whether the server tracks its changes.';
comment on column sync.connection_facts.company_code is 'Spectrum company';
comment on column sync.connection_facts.connection is 'Id of the Airflow connection';
comment on column sync.connection_facts.kind is 'Info-Link';
comment on column sync.connection_facts.subject is 'Table';
comment on column sync.connection_facts.item is 'indexes, change tracking or change data capture';
comment on column sync.connection_facts.fact is 'What is there, in words; or that the login may not ask';
comment on column sync.connection_facts.checked_at is 'When';
