-- What Procore's documentation leaves open and this package has tried out at this site: once known, it is not tried again.
create table sync.procore_probes (
    company_code text not null,
    procore_company_id bigint not null,
    probe text not null,
    answer text not null check (answer in ('yes', 'no', 'not known')),
    said text not null,
    tried_at timestamptz not null,
    run_id text not null,
    primary key (company_code, probe)
);

comment on table sync.procore_probes is
'One row a company and question about Procore: what a probe found out, and when (docs/switching.md lists the questions).';
comment on column sync.procore_probes.company_code is 'Spectrum company';
comment on column sync.procore_probes.procore_company_id is 'Procore company that was asked: another one is asked anew';
comment on column sync.procore_probes.probe is 'Name of the question';
comment on column sync.procore_probes.answer is 'yes, no, or not known';
comment on column sync.procore_probes.said is 'How it was found out, or why it is not known';
comment on column sync.procore_probes.tried_at is 'When';
comment on column sync.procore_probes.run_id is 'Airflow run that asked';

create function sync.procore_knows(company text, probe_name text) returns boolean
language sql stable
as $$
    select case answer when 'yes' then true when 'no' then false end
    from sync.procore_probes
    where company_code = company and probe = probe_name
$$;

comment on function sync.procore_knows(text, text) is
'What a probe found out about a company''s Procore: true, false, or null while it is not known';
