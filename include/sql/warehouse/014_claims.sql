-- Claims: one number of Spectrum belongs to one record, from the yes of its approver until it is linked and for as long
-- as it stays linked, or until it was refused or taken out. Two records accepted in the same moment under one number
-- became one document: Spectrum adds to what it finds under a key.

-- Two keys are the same where Spectrum, or a person, would read them as one. Letters are those of Spectrum's code page,
-- whatever the locale of this server.
create function export.compared(space text, key text) returns text
language sql immutable strict parallel safe
return (
    select
        case
            when space = 'change request' then regexp_replace(folded, '/0*([^/]*)$', '/\1')
            else folded
        end
    from (
        select
            translate(
                upper(
                    regexp_replace(
                        regexp_replace(regexp_replace(key, '\s+', ' ', 'g'), ' ?/ ?', '/', 'g'), '^ | $', '', 'g'
                    ) collate "C"
                ),
                'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþšœžÿ',
                'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞŠŒŽŸ'
            ) as folded
    ) as keys
);

comment on function export.compared is
'A key of Spectrum as keys are compared: without case and needless blanks, change request numbers without leading zeros.';

create table export.claims (
    claim_id bigint generated always as identity primary key,
    company_code text not null,
    space text not null,
    key text not null,
    compared text not null generated always as (export.compared(space, key)) stored,
    object_name text not null,
    project_id text not null,
    record_id text not null,
    title text not null,
    linked boolean not null,
    duplicate boolean not null default false,
    attempt_id bigint references export.ledger,
    claimed_by text not null,
    claimed_by_name text not null,
    claimed_at timestamptz not null
);

create unique index claims_taken on export.claims (company_code, space, compared) where not duplicate;

create index claims_of_record on export.claims (object_name, company_code, record_id);

comment on table export.claims is
'Which record has which number of Spectrum: one row a number that is being exported under, or linked. It goes when the record is unlinked, refused or taken out.';
comment on column export.claims.claim_id is 'Number of the claim';
comment on column export.claims.company_code is 'Spectrum company';
comment on column export.claims.space is 'What the number is unique in: vendor, job, change request, ...';
comment on column export.claims.key is 'The number as it is spelled, with what it is a number of before it: 24-404/95';
comment on column export.claims.compared is 'The number as numbers are compared; one claim has it';
comment on column export.claims.object_name is 'Exportable object of the record that has it';
comment on column export.claims.project_id is 'Procore project of that record; empty for records of the company';
comment on column export.claims.record_id is 'Procore id of that record';
comment on column export.claims.title is 'What people call that record';
comment on column export.claims.linked is 'Whether the record is linked to it; otherwise it is being exported, or failed with a part of it in Spectrum';
comment on column export.claims.duplicate is
'Whether another claim had it already when claims were introduced: a person must look; it stands in nobody''s way';
comment on column export.claims.attempt_id is 'The attempt that claimed it; null for links by hand';
comment on column export.claims.claimed_by is 'Airflow user id of who accepted or linked the record';
comment on column export.claims.claimed_by_name is 'Their name; their id where it is not known';
comment on column export.claims.claimed_at is 'When they did';

-- A standby that takes over, or a backup, may lack the last claims and intents while the calls they were for still run:
-- when the warehouse is another one than before, or was restarted, nothing is sent before those are over.
create table export.continuity (
    only_row boolean primary key default true check (only_row),
    server text not null,
    noticed_at timestamptz
);

comment on table export.continuity is 'One row: the server and database that the exports last saw the warehouse on.';
comment on column export.continuity.only_row is 'True: there is one row';
comment on column export.continuity.server is 'When that server was started, and the number of the database on it';
comment on column export.continuity.noticed_at is
'When it was noticed that it is another than before; null where it never was. Sending goes on after the settle time';

-- A warehouse with records may come from a backup, too.
insert into export.continuity (server, noticed_at)
select
    pg_postmaster_start_time()::text || '/' || oid as server,
    case when exists (select from export.ledger) then clock_timestamp() end as noticed_at
from pg_database
where datname = current_database();

-- What is linked and what is under way already. Of two with one number the linked one has it, then the one that was
-- accepted first; the others are marked, and those under way stop as failed, for a person to look at both.
with spaces (object_name, space) as (
    values
    ('vendors', 'vendor'), ('jobs', 'job'), ('budgets', 'budget'), ('commitments', 'subcontract'),
    ('budget_changes', 'change request'), ('commitment_change_orders', 'change request'),
    ('prime_contract_change_orders', 'change request'), ('forecasts', 'forecast')
),

found as (
    select
        links.*,
        spaces.space,
        row_number() over (
            partition by links.company_code, spaces.space, export.compared(spaces.space, links.spectrum_key)
            order by links.linked_at, links.link_id
        ) as place
    from export.links
    inner join spaces on links.object_name = spaces.object_name
    where links.unlinked_at is null
)

insert into export.claims (
    company_code, space, key, object_name, project_id, record_id, title, linked, duplicate, attempt_id, claimed_by,
    claimed_by_name, claimed_at
)
select
    found.company_code,
    found.space,
    found.spectrum_key,
    found.object_name,
    found.project_id,
    found.record_id,
    coalesce(queue.title, ledger.title, 'Procore record ' || found.record_id) as title,
    true as linked,
    found.place > 1 as duplicate,
    found.attempt_id,
    found.linked_by,
    coalesce(ledger.answered_by_name, found.linked_by) as claimed_by_name,
    found.linked_at
from found
left join export.queue
    on
        found.object_name = queue.object_name
        and found.company_code = queue.company_code
        and found.project_id = queue.project_id
        and found.record_id = queue.record_id
left join export.ledger on found.attempt_id = ledger.attempt_id;

with spaces (object_name, space) as (
    values
    ('vendors', 'vendor'), ('jobs', 'job'), ('budgets', 'budget'), ('commitments', 'subcontract'),
    ('budget_changes', 'change request'), ('commitment_change_orders', 'change request'),
    ('prime_contract_change_orders', 'change request'), ('forecasts', 'forecast')
),

attempts as (
    select ledger.*
    from export.queue
    inner join export.ledger on queue.attempt_id = ledger.attempt_id
    where
        ledger.payload is not null
        and (
            queue.state in ('sending', 'unknown', 'sent', 'confirmed')
            -- Spectrum may hold a part of it: the number is not free.
            or (
                queue.state = 'failed'
                and exists (
                    select from export.calls
                    where
                        calls.attempt_id = ledger.attempt_id
                        and (calls.state in ('sending', 'unknown', 'sent') or calls.tries > 0)
                )
            )
        )
),

keys (attempt_id, space, key) as (
    select
        attempts.attempt_id,
        spaces.space,
        attempts.spectrum_key
    from attempts
    inner join spaces on attempts.object_name = spaces.object_name
    union
    select
        attempts.attempt_id,
        'phase',
        (calls.key ->> 'Job_Number') || '/' || (calls.key ->> 'Phase_Code')
    from attempts
    inner join export.calls on attempts.attempt_id = calls.attempt_id
    where calls.service = 'AddPhase'
    union
    select
        attempts.attempt_id,
        'projection',
        (calls.key ->> 'Job_Number') || '/'
        || to_char(to_date(calls.key ->> 'Transaction_Date', 'MM/DD/YYYY'), 'YYYY-MM-DD')
    from attempts
    inner join export.calls on attempts.attempt_id = calls.attempt_id
    where calls.service = 'JobCostProjections'
),

under_way as (
    select
        attempts.*,
        keys.space,
        keys.key,
        row_number() over (
            partition by attempts.company_code, keys.space, export.compared(keys.space, keys.key)
            order by attempts.answered_at, attempts.attempt_id
        ) as place
    from attempts
    inner join keys on attempts.attempt_id = keys.attempt_id
)

insert into export.claims (
    company_code, space, key, object_name, project_id, record_id, title, linked, duplicate, attempt_id, claimed_by,
    claimed_by_name, claimed_at
)
select
    under_way.company_code,
    under_way.space,
    under_way.key,
    under_way.object_name,
    under_way.project_id,
    under_way.record_id,
    under_way.title,
    false as linked,
    under_way.place > 1 or holders.record_id is not null as duplicate,
    under_way.attempt_id,
    under_way.answered_by,
    under_way.answered_by_name,
    under_way.answered_at
from under_way
left join export.claims as holders
    on
        under_way.company_code = holders.company_code
        and under_way.space = holders.space
        and export.compared(under_way.space, under_way.key) = holders.compared
        and not holders.duplicate
where
    -- What is exported again keeps the claim of its link.
    holders.record_id is null
    or (holders.object_name, holders.record_id) != (under_way.object_name, under_way.record_id);

with stopped as (
    select
        duplicates.attempt_id,
        string_agg(
            format('%s %s is that of %s', duplicates.space, duplicates.key, holders.title), '; '
            order by duplicates.claim_id
        ) as shared
    from export.claims as duplicates
    inner join export.claims as holders
        on
            duplicates.company_code = holders.company_code
            and duplicates.space = holders.space
            and duplicates.compared = holders.compared
            and not holders.duplicate
    where
        duplicates.duplicate
        and not duplicates.linked
    group by duplicates.attempt_id
),

queued as (
    update export.queue
    set
        state = 'failed',
        reason = concat_ws(
            '. ',
            queue.reason,
            format(
                'two records were accepted under one number: %s. Look in Spectrum whether the lines of both are there '
                'and put it right; then collect this one again, link it by hand, or take it out',
                stopped.shared
            )
        ),
        changed_at = clock_timestamp()
    from stopped
    where queue.attempt_id = stopped.attempt_id
    returning queue.attempt_id, queue.reason
)

update export.ledger
set
    state = 'failed',
    reason = queued.reason,
    finished_at = coalesce(ledger.finished_at, clock_timestamp())
from queued
where ledger.attempt_id = queued.attempt_id;
