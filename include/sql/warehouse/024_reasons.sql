-- Why a sync failed, a check is not met or a record waits: each part in a column of its own, as sync.connections has
-- them, so that nothing has to be read out of a text again. Rows from before keep both in their text.
alter table sync.runs add column remedy text;
alter table sync.runs add column cause text;
alter table sync.runs add column connection text;
alter table sync.runs add column subject text;

comment on column sync.runs.message is 'Why it stopped or failed';
comment on column sync.runs.remedy is 'What to do, as an instruction; null where nothing is known to help';
comment on column sync.runs.cause is
'Which of the usual reasons, in the words of sync.connections.cause and more: no answer, unknown company, checks not '
'met, mass delete, ...; null where it did not fail';
comment on column sync.runs.connection is 'Id of the Airflow connection that the reason is about; null where it is about none';
comment on column sync.runs.subject is
'Kind of error and what it is about, without counts: tells a failure from another of the same cause';

alter table sync.checks add column remedy text;
alter table sync.checks add column cause text;
alter table sync.checks add column connection text;

comment on column sync.checks.message is 'What is wrong';
comment on column sync.checks.remedy is 'What to do; null where the message says all';
comment on column sync.checks.cause is 'As in sync.runs; null where the check was met, or its name says all';
comment on column sync.checks.connection is 'Id of the Airflow connection that it is about; null where it is about none';

alter table export.queue add column remedy text;
alter table export.queue add column cause text;
alter table export.queue add column connection text;
alter table export.queue add column subject text;

comment on column export.queue.reason is 'Why it is in this state, where that needs saying';
comment on column export.queue.remedy is 'What to do, as an instruction; null where the reason says all';
comment on column export.queue.cause is
'Which of the usual reasons: approval ended, nobody was asked, refused, exists already, answer lost, ...; null for others';
comment on column export.queue.connection is 'Id of the Airflow connection that the reason is about; null where it is about none';
comment on column export.queue.subject is
'Kind of error and what it is about, without counts: tells a failure from another of the same cause';

-- These two were known by their words.
update export.queue
set cause = 'approval ended'
where reason = 'the approval that asked has ended without an answer';

update export.queue
set cause = 'nobody was asked'
where reason = 'nobody is asked about it: the task that was to ask has failed';

-- What is worth telling of a call: what went wrong with it, or what Spectrum noted. Answers from before are read once
-- more here: they begin with "executed", or hold an object as Python writes it, of which nothing was ever told.
alter table export.calls add column note text;

update export.calls
set note = case
    when answer like 'WriteAnswer(%' then null
    when answer like 'executed%' then nullif(regexp_replace(answer, '^executed[; ]*', ''), '')
    else answer
end;

comment on column export.calls.note is 'What is worth telling of its outcome; null where all is well';

comment on column sync.told_failures.message_hash is 'SHA-256 of what failed and why: causes and subjects, no words';

create or replace view marts.freshness as
with tried as (
    select
        object_name,
        table_name,
        company_code,
        max(read_at) filter (where state in ('published', 'unchanged') and not narrowed) as last_read_at,
        max(finished_at) filter (where state = 'published') as last_publish_at,
        max(finished_at) filter (
            where state = 'published' and new_rows + changed_rows + deleted_rows > 0
        ) as last_change_at,
        (array_agg(staged_rows order by read_at desc) filter (
            where state in ('published', 'unchanged') and not narrowed
        ))[1] as staged_rows,
        (array_agg(deferred_rows order by read_at desc) filter (
            where state in ('published', 'unchanged') and not narrowed
        ))[1] as deferred_rows,
        max(finished_at) as last_try_at,
        (array_agg(state order by finished_at desc))[1] as last_try_state,
        (array_agg(message order by finished_at desc))[1] as last_try_message,
        (array_agg(remedy order by finished_at desc))[1] as last_try_remedy
    from sync.runs
    group by object_name, table_name, company_code
),

rejected as (
    select
        table_name,
        company_code,
        count(*) as rejected_rows
    from sync.rejected_rows
    where resolved_at is null
    group by table_name, company_code
)

select
    tried.object_name,
    tried.table_name,
    tried.company_code,
    tried.last_read_at,
    tried.last_publish_at,
    tried.last_change_at,
    clock_timestamp() - tried.last_read_at as age,
    tried.staged_rows,
    coalesce(rejected.rejected_rows, 0) as rejected_rows,
    tried.deferred_rows,
    tried.last_try_at,
    tried.last_try_state,
    tried.last_try_message,
    tried.last_try_remedy
from tried
left join rejected
    on
        tried.table_name = rejected.table_name
        and tried.company_code = rejected.company_code;

comment on column marts.freshness.last_try_message is 'Why it stopped or failed';
comment on column marts.freshness.last_try_remedy is 'What to do about that';
