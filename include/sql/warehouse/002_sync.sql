-- The sync's own books. A landing is one try of one task to read one object of one company. It is committed before the
-- first row is read, so that whatever dies later has left its name.
create table sync.landings (
    landing_id bigint generated always as identity primary key,
    object_name text not null,
    company_code text not null,
    dag_id text not null,
    run_id text not null,
    try_number integer not null,
    scope jsonb not null,
    started_at timestamptz not null default clock_timestamp(),
    read_at timestamptz not null,
    finished_at timestamptz,
    state text not null check (
        state in ('landing', 'landed', 'checked', 'published', 'unchanged', 'superseded', 'stopped', 'failed')
    ),
    message text
);

create index landings_by_run on sync.landings (run_id, dag_id, object_name, company_code);

create index landings_by_object on sync.landings (object_name, company_code, landing_id desc);

comment on table sync.landings is 'One row a try to read one object of one company.';
comment on column sync.landings.landing_id is 'Number of the landing; part of the names of its tables';
comment on column sync.landings.object_name is 'Importable object';
comment on column sync.landings.company_code is 'Spectrum company';
comment on column sync.landings.dag_id is 'DAG that reads';
comment on column sync.landings.run_id is 'Airflow run';
comment on column sync.landings.try_number is 'Which try of the task';
comment on column sync.landings.scope is 'What the run was narrowed to: jobs, months; empty lists mean everything';
comment on column sync.landings.started_at is 'When the try began';
comment on column sync.landings.read_at is 'Moment just before the first row was read: the data are at least this new';
comment on column sync.landings.finished_at is 'When its outcome was known';
comment on column sync.landings.state is
'landing, landed, checked, published, unchanged (nothing differed), superseded (newer data was there already), '
'stopped (a critical check or guard), failed';
comment on column sync.landings.message is 'Why it stopped or failed, and what to do';

-- The control totals of a landing, committed with it. Landing tables are unlogged: after a crash of PostgreSQL they
-- are empty, and only this row knows that they were not.
create table sync.landing_tables (
    landing_id bigint not null references sync.landings on delete cascade,
    table_name text not null,
    relation text not null,
    reader text not null,
    landed_rows bigint not null,
    source_rows bigint not null,
    sums jsonb not null,
    primary key (landing_id, table_name)
);

comment on table sync.landing_tables is 'What each landing read: control totals that check and publish compare with.';
comment on column sync.landing_tables.landing_id is 'The landing';
comment on column sync.landing_tables.table_name is 'Staged table';
comment on column sync.landing_tables.relation is 'Landing table';
comment on column sync.landing_tables.reader is 'infolink, sdx or transactions';
comment on column sync.landing_tables.landed_rows is 'Rows copied into the landing table';
comment on column sync.landing_tables.source_rows is 'Rows the source holds in this scope, copied or known unchanged';
comment on column sync.landing_tables.sums is 'Sum of each amount of the landed rows, where it is a number';

-- One row a published (or not published) table of a landing: the run history that people and the page read.
create table sync.runs (
    landing_id bigint not null references sync.landings on delete cascade,
    object_name text not null,
    table_name text not null,
    company_code text not null,
    dag_id text not null,
    run_id text not null,
    reader text not null,
    state text not null,
    narrowed boolean not null,
    started_at timestamptz not null,
    read_at timestamptz not null,
    finished_at timestamptz not null default clock_timestamp(),
    seconds numeric(10, 1) not null,
    source_rows bigint,
    landed_rows bigint,
    staged_rows bigint,
    new_rows bigint not null default 0,
    changed_rows bigint not null default 0,
    deleted_rows bigint not null default 0,
    rejected_rows bigint not null default 0,
    deferred_rows bigint not null default 0,
    checks_passed integer not null default 0,
    checks_warned integer not null default 0,
    checks_failed integer not null default 0,
    message text,
    primary key (landing_id, table_name)
);

create index runs_by_table on sync.runs (table_name, company_code, finished_at desc);

create index runs_by_run on sync.runs (run_id);

comment on table sync.runs is 'One row a table of a sync: what it found and what became of it.';
comment on column sync.runs.landing_id is 'The landing';
comment on column sync.runs.object_name is 'Importable object';
comment on column sync.runs.table_name is 'Staged table';
comment on column sync.runs.company_code is 'Spectrum company';
comment on column sync.runs.dag_id is 'DAG';
comment on column sync.runs.run_id is 'Airflow run';
comment on column sync.runs.reader is 'infolink, sdx or transactions';
comment on column sync.runs.state is 'published, unchanged, superseded, stopped or failed';
comment on column sync.runs.narrowed is 'Whether the run was narrowed to some jobs or months';
comment on column sync.runs.started_at is 'When the landing began';
comment on column sync.runs.read_at is 'Moment just before the first row was read';
comment on column sync.runs.finished_at is 'When its outcome was known';
comment on column sync.runs.seconds is 'From the beginning of the landing to its outcome, in seconds';
comment on column sync.runs.source_rows is 'Rows of the source in this scope';
comment on column sync.runs.landed_rows is 'Rows copied';
comment on column sync.runs.staged_rows is 'Living rows of this scope after the run, without those kept for a rejected row';
comment on column sync.runs.new_rows is 'Rows inserted';
comment on column sync.runs.changed_rows is 'Rows updated';
comment on column sync.runs.deleted_rows is 'Rows deleted';
comment on column sync.runs.rejected_rows is 'Rows of the source that are rejected now; see sync.rejected_rows';
comment on column sync.runs.deferred_rows is 'Rows of partitions that changed while they were copied; the next run takes them';
comment on column sync.runs.checks_passed is 'Checks passed';
comment on column sync.runs.checks_warned is 'Checks of severity warning that were not met';
comment on column sync.runs.checks_failed is 'Critical checks that were not met';
comment on column sync.runs.message is 'Why it stopped or failed, and what to do';

create table sync.checks (
    check_id bigint generated always as identity primary key,
    landing_id bigint references sync.landings on delete cascade,
    object_name text not null,
    table_name text not null,
    company_code text not null,
    run_id text not null,
    checked_at timestamptz not null default clock_timestamp(),
    source text not null,
    check_name text not null,
    severity text not null check (severity in ('critical', 'warning')),
    status text not null check (status in ('passed', 'warned', 'failed')),
    column_names text[] not null default '{}',
    rows_checked bigint,
    rows_failed bigint not null default 0,
    examples jsonb not null default '[]',
    message text
);

create index checks_by_landing on sync.checks (landing_id);

create index checks_by_table on sync.checks (table_name, company_code, checked_at desc);

comment on table sync.checks is 'One row a data check of a run.';
comment on column sync.checks.check_id is 'Number of the check';
comment on column sync.checks.landing_id is 'The landing it looked at; null for the daily comparison with the source';
comment on column sync.checks.object_name is 'Importable object';
comment on column sync.checks.table_name is 'Staged table';
comment on column sync.checks.company_code is 'Spectrum company';
comment on column sync.checks.run_id is 'Airflow run';
comment on column sync.checks.checked_at is 'When';
comment on column sync.checks.source is 'great_expectations, guard, reconciliation or verify_staging';
comment on column sync.checks.check_name is 'Name of the check in the object''s spec';
comment on column sync.checks.severity is 'critical stops the publish, warning does not';
comment on column sync.checks.status is 'passed; warned (a warning not met); failed (critical, or the check itself broke)';
comment on column sync.checks.column_names is 'Columns it looks at';
comment on column sync.checks.rows_checked is 'Rows it looked at';
comment on column sync.checks.rows_failed is 'Rows that do not meet it';
comment on column sync.checks.examples is 'Some of those rows';
comment on column sync.checks.message is 'What is wrong and what to do';

-- Rows of the source that cannot be staged. A row stays here while the source holds it so; resolved_at tells when it
-- was mended, deleted or superseded. Always: source = staged + currently rejected.
create table sync.rejected_rows (
    rejected_id bigint generated always as identity primary key,
    object_name text not null,
    table_name text not null,
    company_code text not null,
    job_number text,
    partition_month text,
    row_key jsonb,
    column_name text not null,
    value text,
    reason text not null,
    source_row jsonb not null,
    landing_id bigint not null,
    run_id text not null,
    rejected_at timestamptz not null,
    resolved_at timestamptz
);

create index rejected_rows_open on sync.rejected_rows (table_name, company_code, job_number) where resolved_at is null;

comment on table sync.rejected_rows is 'Rows of the source that could not be staged, each with its reason.';
comment on column sync.rejected_rows.rejected_id is 'Number of the rejection';
comment on column sync.rejected_rows.object_name is 'Importable object';
comment on column sync.rejected_rows.table_name is 'Staged table';
comment on column sync.rejected_rows.company_code is 'Spectrum company';
comment on column sync.rejected_rows.job_number is 'Job, where it can be read';
comment on column sync.rejected_rows.partition_month is 'Month partition as the source writes it, of a transaction';
comment on column sync.rejected_rows.row_key is 'Key of the row; null where a part of it is blank';
comment on column sync.rejected_rows.column_name is 'The first column that is wrong';
comment on column sync.rejected_rows.value is 'What it holds';
comment on column sync.rejected_rows.reason is 'Why that cannot be staged, and what to do';
comment on column sync.rejected_rows.source_row is 'The row as the source holds it, without personal columns';
comment on column sync.rejected_rows.landing_id is 'Landing that met it last';
comment on column sync.rejected_rows.run_id is 'Airflow run that met it last';
comment on column sync.rejected_rows.rejected_at is 'When it was first met';
comment on column sync.rejected_rows.resolved_at is 'When the source no longer held it so; null while it does';

create table sync.drift (
    drift_id bigint generated always as identity primary key,
    object_name text not null,
    table_name text not null,
    company_code text not null,
    reader text not null,
    source_name text not null,
    column_name text not null,
    change text not null check (change in ('missing', 'new', 'type')),
    detail text not null,
    landing_id bigint not null,
    first_seen_at timestamptz not null default clock_timestamp(),
    last_seen_at timestamptz not null default clock_timestamp(),
    resolved_at timestamptz
);

create unique index drift_open on sync.drift (table_name, company_code, reader, source_name, column_name, change)
where resolved_at is null;

comment on table sync.drift is 'Where the source''s columns differ from what this package knows of them (M4).';
comment on column sync.drift.drift_id is 'Number of the difference';
comment on column sync.drift.object_name is 'Importable object';
comment on column sync.drift.table_name is 'Staged table';
comment on column sync.drift.company_code is 'Spectrum company';
comment on column sync.drift.reader is 'infolink or sdx';
comment on column sync.drift.source_name is 'Table or web service';
comment on column sync.drift.column_name is 'Column or field';
comment on column sync.drift.change is 'missing, new, or type';
comment on column sync.drift.detail is 'What differs and what it affects';
comment on column sync.drift.landing_id is 'Landing that saw it last';
comment on column sync.drift.first_seen_at is 'When it was first seen';
comment on column sync.drift.last_seen_at is 'When it was last seen';
comment on column sync.drift.resolved_at is 'When it was gone; null while it lasts';

-- The newest reading that was published for a company, or for one job of it: an older reading that comes back late
-- must not overwrite it.
create table sync.scopes (
    object_name text not null,
    company_code text not null,
    job_number text not null default '',
    read_at timestamptz not null,
    landing_id bigint not null,
    primary key (object_name, company_code, job_number)
);

comment on table sync.scopes is 'How new the published data are, per object and company, and per job of narrowed runs.';
comment on column sync.scopes.object_name is 'Importable object';
comment on column sync.scopes.company_code is 'Spectrum company';
comment on column sync.scopes.job_number is 'Job of a narrowed run; empty for the whole company';
comment on column sync.scopes.read_at is 'When the published data were read';
comment on column sync.scopes.landing_id is 'Landing that was published';

-- The source's fingerprint of every job and month of transactions, written in the transaction that published its rows.
create table sync.partitions (
    company_code text not null,
    job_number text collate "C" not null,
    partition_month text collate "C" not null,
    source_rows bigint not null,
    amount_sum numeric not null,
    hours_sum numeric not null,
    quantity_sum numeric not null,
    checksum numeric not null,
    spec_hash text not null,
    read_at timestamptz not null,
    changed_at timestamptz not null,
    landing_id bigint not null,
    primary key (company_code, job_number, partition_month)
);

comment on table sync.partitions is
'One row a company, job and month of job cost transactions: what the source held when it was last published.';
comment on column sync.partitions.company_code is 'Spectrum company';
comment on column sync.partitions.job_number is 'Job; empty where the source''s is blank';
comment on column sync.partitions.partition_month is 'First six characters of the transaction''s date text; may be blank or invalid';
comment on column sync.partitions.source_rows is 'Rows, rejected ones included';
comment on column sync.partitions.amount_sum is 'Sum of the amounts';
comment on column sync.partitions.hours_sum is 'Sum of the hours';
comment on column sync.partitions.quantity_sum is 'Sum of the quantities';
comment on column sync.partitions.checksum is 'Order-independent checksum over all columns, computed by the source';
comment on column sync.partitions.spec_hash is 'The columns and rules it was staged with';
comment on column sync.partitions.read_at is 'When the published rows were read';
comment on column sync.partitions.changed_at is 'When a publish last changed rows of it';
comment on column sync.partitions.landing_id is 'Landing that was published';

-- Which definition each staged table was last created from.
create table sync.table_specs (
    table_name text primary key,
    spec_hash text not null,
    applied_at timestamptz not null default clock_timestamp()
);

comment on table sync.table_specs is 'The definition each staged table was last brought to.';
comment on column sync.table_specs.table_name is 'Staged table';
comment on column sync.table_specs.spec_hash is 'Hash of its columns and comments';
comment on column sync.table_specs.applied_at is 'When';
