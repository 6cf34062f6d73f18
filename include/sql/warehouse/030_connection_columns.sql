-- Every column of Info-Link that is read, as the last check found it at this site, and not the differences alone: what is
-- as expected is part of the answer to "is anything missing?".
create table sync.connection_columns (
    company_code text not null,
    connection text not null,
    table_name text not null,
    column_name text not null,
    state text not null
    check (state in ('found', 'found as', 'type differs', 'missing', 'not needed', 'not read')),
    site_table text not null default '',
    site_column text not null default '',
    site_type text not null default '',
    used_by text not null,
    checked_at timestamptz not null,
    primary key (company_code, connection, table_name, column_name)
);

comment on table sync.connection_columns is
'One row a company and column of Info-Link that is read: whether and as what it is there, by the last check.';
comment on column sync.connection_columns.company_code is 'Spectrum company';
comment on column sync.connection_columns.connection is 'Id of the Airflow connection';
comment on column sync.connection_columns.table_name is 'Table of Info-Link, as it is usually called';
comment on column sync.connection_columns.column_name is 'Column, as it is usually called';
comment on column sync.connection_columns.state is
'found; found as another name; type differs; missing; not needed, since something else is there in its place; not read, '
'since the settings leave employees out';
comment on column sync.connection_columns.site_table is 'What this site calls the table; empty where it is not shown';
comment on column sync.connection_columns.site_column is 'What this site calls the column; empty where it is not there';
comment on column sync.connection_columns.site_type is 'Its type here';
comment on column sync.connection_columns.used_by is 'Staged tables and columns that are made of it, and the exports';
comment on column sync.connection_columns.checked_at is 'When';
