-- Settings by which rows of plans are accepted do not know what was left out after the backup that was restored: they accept
-- nothing before an approver has decided about the new plan.
create table procore.restores (
    object_name text not null,
    company_code text not null,
    restored_at timestamptz not null,
    decided_by text not null,
    decided_by_name text not null,
    decided_at timestamptz not null default clock_timestamp(),
    primary key (object_name, company_code)
);

comment on table procore.restores is
'Who decided first about a plan that was made after the warehouse was restored: from then on rows are accepted by settings again.';
comment on column procore.restores.object_name is 'Imported object';
comment on column procore.restores.company_code is 'Spectrum company';
comment on column procore.restores.restored_at is 'When it was noticed that the warehouse was restored';
comment on column procore.restores.decided_by is 'Airflow user id of who decided';
comment on column procore.restores.decided_by_name is 'Their name then';
comment on column procore.restores.decided_at is 'When they did';
