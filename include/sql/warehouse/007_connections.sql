-- Whether Spectrum, Procore and the warehouse can be used, as `check_connections` found it last (A3). Every check
-- overwrites what it looked at; what it did not look at keeps its time.
create table sync.connections (
    company_code text not null,
    connection text not null,
    kind text not null check (kind in ('web services', 'Info-Link', 'Procore', 'warehouse')),
    status text not null check (status in ('Connected', 'Not connected')),
    cause text not null default '',
    reason text not null default '',
    remedy text not null default '',
    checked_at timestamptz not null,
    run_id text not null,
    primary key (company_code, connection, kind)
);

comment on table sync.connections is 'One row a company and connection: whether it can be used, by the last check.';
comment on column sync.connections.company_code is 'Spectrum company';
comment on column sync.connections.connection is 'Id of the Airflow connection';
comment on column sync.connections.kind is 'web services, Info-Link, Procore or warehouse';
comment on column sync.connections.status is 'Connected or Not connected';
comment on column sync.connections.cause is
'Which of the usual reasons: wrong credentials, unknown host, address not allowed, service not enabled, no answer, '
'certificate, configuration, other; empty when connected';
comment on column sync.connections.reason is 'What happened, in a sentence; never a secret. Empty when connected';
comment on column sync.connections.remedy is 'What to do; empty when connected';
comment on column sync.connections.checked_at is 'When';
comment on column sync.connections.run_id is 'Airflow run that checked';

create table sync.connection_services (
    company_code text not null,
    connection text not null,
    service text not null,
    direction text not null check (direction in ('reads', 'writes')),
    needed boolean not null,
    used_by text not null,
    status text not null check (status in ('Enabled', 'Declared', 'Not enabled', 'Missing', 'Not checked')),
    reason text not null default '',
    remedy text not null default '',
    checked_at timestamptz not null,
    primary key (company_code, connection, service)
);

comment on table sync.connection_services is
'One row a company and web service of Spectrum: whether the Authorization ID may use it, by the last check.';
comment on column sync.connection_services.company_code is 'Spectrum company';
comment on column sync.connection_services.connection is 'Id of the Airflow connection';
comment on column sync.connection_services.service is 'Web service, by the name that Data Exchange lists';
comment on column sync.connection_services.direction is 'reads or writes';
comment on column sync.connection_services.needed is 'Whether the settings as they are make use of it';
comment on column sync.connection_services.used_by is 'Staged tables or exports that use it, where it is chosen';
comment on column sync.connection_services.status is
'Enabled: it answered. Declared: its WSDL is there; a writing service is not executed to find out more. Not enabled: '
'refused for this Authorization ID. Missing: the server has no such service. Not checked: the server did not answer';
comment on column sync.connection_services.reason is 'What happened, in a sentence';
comment on column sync.connection_services.remedy is 'What to do';
comment on column sync.connection_services.checked_at is 'When';

create table sync.connection_findings (
    company_code text not null,
    connection text not null,
    kind text not null check (kind in ('web services', 'Info-Link')),
    subject text not null,
    item text not null,
    difference text not null check (difference in ('missing', 'new', 'type')),
    stops boolean not null,
    detail text not null,
    affects text not null,
    checked_at timestamptz not null,
    primary key (company_code, connection, subject, item, difference)
);

comment on table sync.connection_findings is
'Where web services and Info-Link tables differ from what this package knows of them, by the last check (M4).';
comment on column sync.connection_findings.company_code is 'Spectrum company';
comment on column sync.connection_findings.connection is 'Id of the Airflow connection';
comment on column sync.connection_findings.kind is 'web services or Info-Link';
comment on column sync.connection_findings.subject is 'Web service or Info-Link table';
comment on column sync.connection_findings.item is 'Parameter, element or column; empty where the whole table is meant';
comment on column sync.connection_findings.difference is 'missing, new, or type (another type than expected)';
comment on column sync.connection_findings.stops is 'Whether what it affects cannot run; else it only lacks something';
comment on column sync.connection_findings.detail is 'What differs';
comment on column sync.connection_findings.affects is 'Staged tables or exports that it affects, and how';
comment on column sync.connection_findings.checked_at is 'When';

do $$
begin
    if exists (select from pg_roles where rolname = 'spectrum_analyst') then
        grant select on sync.connections, sync.connection_services, sync.connection_findings to spectrum_analyst;
    end if;
    if exists (select from pg_roles where rolname = 'spectrum_approver') then
        grant usage on schema sync to spectrum_approver;
        grant select on sync.connections, sync.connection_services, sync.connection_findings to spectrum_approver;
    end if;
end
$$;
