-- Analysts read what is published and how it got there. They do not read landing tables, the rows that were rejected
-- (raw source rows), or employees' columns, which reveal pay; column grants are renewed with each table (M9).
do $$
begin
    if not exists (select from pg_roles where rolname = 'spectrum_analyst') then
        create role spectrum_analyst nologin;
    end if;
exception
    when insufficient_privilege then
        raise notice 'the role spectrum_analyst is missing and this login may not create it: ask a database administrator';
    when duplicate_object or unique_violation then
        null;  -- another warehouse of this server has just created it
end
$$;

do $$
begin
    if exists (select from pg_roles where rolname = 'spectrum_analyst') then
        grant usage on schema spectrum, history, sync to spectrum_analyst;
        grant select on sync.landings, sync.landing_tables, sync.runs, sync.checks, sync.drift, sync.scopes,
            sync.partitions, sync.table_specs to spectrum_analyst;
    end if;
end
$$;
