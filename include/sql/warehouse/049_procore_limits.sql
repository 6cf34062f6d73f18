-- How many calls Procore allows, as its answers last said: a plan says for how long it is at work by that.
create table procore.limits (
    procore_company_id bigint not null,
    calls integer not null check (calls > 0),
    seconds integer not null check (seconds > 0),
    reported_at timestamptz not null,
    primary key (procore_company_id, seconds)
);

comment on table procore.limits is 'How many calls Procore allows in which time, as its answers last said: one row a window.';
comment on column procore.limits.procore_company_id is 'Procore company that was asked';
comment on column procore.limits.calls is 'Calls that are allowed';
comment on column procore.limits.seconds is 'In how many seconds: 3600, or 10';
comment on column procore.limits.reported_at is 'When Procore last said so';
