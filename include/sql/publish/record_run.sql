-- What became of one table of a landing, and how many of its checks were met. A later outcome replaces an earlier one, so
-- a task that was retried or cleared leaves one row. Where nothing has changed, the checks of the landing before hold.
insert into sync.runs (
    landing_id, object_name, table_name, company_code, dag_id, run_id, reader, state, narrowed, started_at, read_at,
    seconds, source_rows, landed_rows, staged_rows, new_rows, changed_rows, deleted_rows, rejected_rows, deferred_rows,
    checks_passed, checks_warned, checks_failed, message, remedy, cause, connection, subject, failed_connection,
    checks_of
)
select
    {{ "landing_id" | bound }},
    {{ "object" | bound }},
    {{ "table" | bound }},
    {{ "company" | bound }},
    {{ "dag" | bound }},
    {{ "run" | bound }},
    {{ "reader" | bound }},
    {{ "state" | bound }},
    {{ "narrowed" | bound }},
    {{ "started" | bound }},
    {{ "read" | bound }},
    extract(epoch from clock_timestamp() - {{ "started" | bound }}),
    {{ "source" | bound }},
    {{ "landed" | bound }},
    {{ "staged" | bound }},
    {{ "new" | bound }},
    {{ "changed" | bound }},
    {{ "deleted" | bound }},
    {{ "rejected" | bound }},
    {{ "deferred" | bound }},
    count(*) filter (where latest.status = 'passed'),
    count(*) filter (where latest.status = 'warned'),
    count(*) filter (where latest.status = 'failed'),
    {{ "message" | bound }},
    {{ "remedy" | bound }},
    {{ "cause" | bound }},
    {{ "connection" | bound }},
    {{ "subject" | bound }},
    {{ "failed_connection" | bound }},
    {{ "checks_of" | bound }}
from (
    select distinct on (checks.source, checks.check_name) checks.status
    from sync.checks
    where checks.landing_id = any({{ "checked" | bound }}) and checks.table_name = {{ "table" | bound }}
    order by checks.source, checks.check_name, checks.landing_id desc
) as latest
on conflict (landing_id, table_name) do update set
    reader = excluded.reader,
    state = excluded.state,
    finished_at = clock_timestamp(),
    seconds = excluded.seconds,
    source_rows = excluded.source_rows,
    landed_rows = excluded.landed_rows,
    staged_rows = excluded.staged_rows,
    new_rows = excluded.new_rows,
    changed_rows = excluded.changed_rows,
    deleted_rows = excluded.deleted_rows,
    rejected_rows = excluded.rejected_rows,
    deferred_rows = excluded.deferred_rows,
    checks_passed = excluded.checks_passed,
    checks_warned = excluded.checks_warned,
    checks_failed = excluded.checks_failed,
    message = excluded.message,
    remedy = excluded.remedy,
    cause = excluded.cause,
    connection = excluded.connection,
    subject = excluded.subject,
    failed_connection = excluded.failed_connection,
    checks_of = excluded.checks_of
