-- Who may read what. Analysts read what is published and how it got there; neither landing tables, the rows that were
-- rejected (raw source rows) nor what exports and imports keep, and of staged tables the columns that their specs give
-- them (M9). Approvers read that and the state of the connections. The page, where it has a login of its own, is a
-- member of both and shows rejected rows as well. Run after migrations, and whenever one of the roles lacks something: it
-- was created, or created anew, after the warehouse. The roles may be missing.
do $$
begin
    if exists (select from pg_roles where rolname = 'spectrum_analyst') then
        grant usage on schema spectrum, history, sync, marts to spectrum_analyst;
        grant select on sync.landings, sync.landing_tables, sync.runs, sync.checks, sync.drift, sync.scopes,
            sync.partitions, sync.changed_partitions, sync.snapshots, sync.table_specs, sync.marts, sync.mart_runs,
            sync.connections, sync.connection_services, sync.connection_findings, sync.connection_columns,
            sync.connection_facts, sync.procore_probes, sync.fingerprint_pieces, sync.deferred, sync.told_failures, sync.watched,
            sync.told_late, sync.told_after_close
            to spectrum_analyst;
        grant select on all tables in schema marts to spectrum_analyst;
    end if;
    if exists (select from pg_roles where rolname = 'spectrum_approver') then
        grant usage on schema export, procore, sync to spectrum_approver;
        grant select on sync.connections, sync.connection_services, sync.connection_findings,
            sync.connection_columns, sync.connection_facts, sync.procore_probes to spectrum_approver;
        grant select on all tables in schema export to spectrum_approver;
        grant select on all tables in schema procore to spectrum_approver;
    end if;
    if exists (select from pg_roles where rolname = 'spectrum_page') then
        grant usage on schema sync to spectrum_page;
        grant select on sync.rejected_rows to spectrum_page;
    end if;
end
$$;
