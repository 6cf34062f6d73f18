"""The first step of a sync: reads the source into untyped landing tables, and commits control totals with them.

A retried try lands again under a new number, so that half a landing is never taken for a whole. Only a landing whose
fingerprints come in pieces (`staging.fingerprints`) is gone on with: each step of it is committed with what it landed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import psycopg

from spectrum_etl.errors import FixConfiguration, Reauthenticate
from spectrum_etl.model.check_result import CheckResult
from spectrum_etl.model.run import Landing, Run, Scope
from spectrum_etl.model.selection import Selection
from spectrum_etl.model.spec import StagedObject, Table
from spectrum_etl.settings import Settings
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.faults import CompanyRefused
from spectrum_etl.sources.infolink.companies import holds_company
from spectrum_etl.sources.infolink.reader import SeparatorInValue
from spectrum_etl.staging import read as reading
from spectrum_etl.staging.companies import require_company
from spectrum_etl.staging.fingerprints import OthersWait, take_fingerprints
from spectrum_etl.staging.guards import amounts_left_out
from spectrum_etl.staging.known_jobs import require_jobs
from spectrum_etl.staging.outcome import recorded_failure
from spectrum_etl.staging.scoping import is_read_by_itself, partition_parameters, partition_scope, reconciles
from spectrum_etl.staging.unchanged import fingerprint as fingerprint_of
from spectrum_etl.staging.unchanged import recognize_unchanged
from spectrum_etl.warehouse import partitions, runs
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.copy import create_landing_table
from spectrum_etl.warehouse.ddl import ensure_table
from spectrum_etl.warehouse.fingerprints import Fingerprint, compare_again, land_fingerprints
from spectrum_etl.warehouse.landings import (
    LandedTable,
    landed_tables,
    open_landing,
    record_table,
    set_state,
)
from spectrum_etl.warehouse.migrate import migrate
from spectrum_etl.warehouse.pieces import hold, unfinished

log = logging.getLogger(__name__)


def land(
    url: str,
    obj: StagedObject,
    scope: Scope,
    run: Run,
    sources: Sources,
    settings: Settings,
    others_wait: OthersWait | None = None,
) -> int:
    """Read one object of one company into landing tables.

    Args:
        url: the warehouse.
        obj: what to read.
        scope: which company, jobs and months.
        run: the Airflow run.
        sources: of the company.
        settings: readers and limits.
        others_wait: whether somebody waits for Info-Link, asked between the pieces of a long fingerprint; None: this
            landing cannot give way.

    Returns:
        The number of the landing; `check` and `publish` find everything by it.

    Raises:
        GaveWay: others have their turn; called again in the same run it goes on where it stopped.
        SpectrumEtlError: by remedy; nothing but the record of the run has been written then.
    """
    with connect(url) as connection:
        connection.autocommit = True
        migrate(connection)
        for table in obj.tables:
            ensure_table(connection, table)
        landing = unfinished(connection, obj.name, scope, run)
        landed = set[str]()
        if landing is None:
            landing = open_landing(connection, obj.name, scope, run)
            hold(connection, landing)
        else:
            landed = set(landed_tables(connection, landing))
            log.info("going on with landing %s of this run, which gave way or was interrupted", landing.landing_id)
        with recorded_failure(url, landing, obj, settings):
            if scope.jobs:
                require_jobs(connection, obj, scope.jobs, sources, settings)
            for table in obj.tables:
                reader = settings.reader(table)
                if table.name in landed:
                    continue
                if table.partitioned:
                    _land_partitions(connection, obj, table, landing, sources, settings, others_wait)
                elif is_read_by_itself(reader, scope):
                    with connection.transaction(), _known_company(sources):
                        _land_table(connection, obj, table, reader, landing, sources, settings)
            if reconciles(obj, landing.scope, settings):
                _compare_again(connection, obj, landing, sources, settings, others_wait)
            if not scope.full_refresh:
                recognize_unchanged(connection, obj, landing)
            set_state(connection, landing, "landed")
    return landing.landing_id


def _land_table(
    connection: psycopg.Connection,
    obj: StagedObject,
    table: Table,
    reader: str,
    landing: Landing,
    sources: Sources,
    settings: Settings,
    picked: Selection | None = None,
    source_rows: int | None = None,
) -> int:
    """Copy one table, or what is picked of it, and write its control totals in the same transaction."""
    relation = landing.relation(table.name)
    selection = picked or landing.scope.selection(settings.stage_employees)
    part = reading.read(table, reader, sources, selection)
    if part.left_out:
        _note_left_out(connection, table, reader, landing, part)
        return 0
    create_landing_table(connection, relation, part.columns)
    try:
        with connection.transaction():
            rows = part.copy_into(connection, relation)
    except SeparatorInValue:
        log.warning("%s: a value holds a separator character; reading column by column, which is slower", table.name)
        part = reading.read(table, reader, sources, selection, by_columns=True)
        rows = part.copy_into(connection, relation)
    if not rows and picked is None and not part.not_asked:
        _require_shown(table, reader, sources)
    runs.record_drift(connection, landing, table.name, reader, part.drift)
    landed = LandedTable(
        table.name,
        relation,
        reader,
        rows,
        (rows if source_rows is None else source_rows) + len(part.not_asked),
        {},
        part.absent,
        part.marked.count,
        part.not_asked,
    )
    if not table.partitioned and not landing.scope.narrowed:
        landed = replace(landed, fingerprint=fingerprint_of(connection, obj, table, landing, landed, settings))
    record_table(connection, landing, landed)
    if reader == "infolink" and table.infolink and table.infolink.left_out:
        found = sources.infolink.left_out(table, selection)
        results = amounts_left_out(table, landing.scope.company_code, found)
        runs.record_checks(connection, landing, table.name, results)
    log.info(
        "%s of company %s: landed %s rows from %s in landing %s",
        table.name,
        landing.scope.company_code,
        rows,
        reader,
        landing.landing_id,
    )
    return rows


@contextmanager
def _known_company(sources: Sources) -> Iterator[None]:
    """Where the web services refuse the company, say which there are, if its code is wrong.

    By REST the company is the login, so that a wrong code looks like a wrong password.
    """
    try:
        yield
    except (CompanyRefused, Reauthenticate):
        with suppress(Reauthenticate):  # the password is wrong: the error at hand says so
            require_company(sources)
        raise


def _require_shown(table: Table, reader: str, sources: Sources) -> None:
    """Nothing was read: refuse a company that Spectrum does not have, or that the web services do not show.

    Raises:
        FixConfiguration: as `require_company`, or Info-Link holds jobs of the company and the web services show none.
    """
    require_company(sources)
    if reader != "sdx" or table.sdx != "jobs" or not sources.has_infolink:
        return
    master = table.infolink.table if table.infolink else ""
    if master and holds_company(sources.infolink, master, sources.company.code):
        raise FixConfiguration(
            f"the web services show no job of the company, though {master} holds some",
            object=table.name,
            company=sources.company.code,
            remedy="look in Spectrum which companies and jobs the Authorization ID's operator may see, and at the extra"
            " guid of the Airflow connection; or set the reader of this object to infolink in include/settings.yaml",
            cause="not permitted",
        )


def _note_left_out(
    connection: psycopg.Connection, table: Table, reader: str, landing: Landing, part: reading.Reading
) -> None:
    """Say that this site does not show what the table is made of; what was staged of it before stays."""
    runs.record_drift(connection, landing, table.name, reader, part.drift)
    message = f"{table.name} of company {landing.scope.company_code} is not staged: {part.left_out}"
    log.warning("%s", message)
    result = CheckResult("can_be_staged", "warning", "warned", message=message, source="guard")
    runs.record_checks(connection, landing, table.name, [result])


def _land_partitions(
    connection: psycopg.Connection,
    obj: StagedObject,
    table: Table,
    landing: Landing,
    sources: Sources,
    settings: Settings,
    others_wait: OthersWait | None,
) -> None:
    """Fingerprint the source, and copy the partitions that differ from what was published last."""
    scope, relation = landing.scope, landing.relation(table.name, "partitions")
    every = scope.selection(settings.stage_employees)

    def store(found: Iterable[Fingerprint], first: bool) -> int:
        return land_fingerprints(connection, relation, found, create=first)

    take_fingerprints(connection, table, landing, "first", sources, settings, store, others_wait)
    with connection.transaction():
        to_copy, source_rows = partitions.choose(
            connection, relation, partition_scope(scope), partition_parameters(landing, table, settings)
        )
        if not source_rows:
            require_company(sources)
        if to_copy == 0:
            log.info("%s of company %s: no partition of %s rows differs", table.name, scope.company_code, source_rows)
            # Nothing to copy. Partitions that are gone still have rows to delete, so the table may need a publish.
            picked: Selection | None = replace(every, partitions=())
        elif to_copy >= settings.full_copy_share * source_rows:
            picked = None
            partitions.copy_everything(connection, relation)
        elif months := partitions.whole_months(connection, relation):
            picked = replace(every, months=tuple(months))
        else:
            picked = replace(every, partitions=tuple(partitions.to_copy(connection, relation)))
        if to_copy or partitions.changed_anything(connection, relation):
            _land_table(connection, obj, table, "infolink", landing, sources, settings, picked, source_rows)
        else:
            record_table(connection, landing, LandedTable(table.name, "", "infolink", 0, source_rows, {}))


def _compare_again(
    connection: psycopg.Connection,
    obj: StagedObject,
    landing: Landing,
    sources: Sources,
    settings: Settings,
    others_wait: OthersWait | None,
) -> None:
    """Fingerprint all partitions again after GetPhase: only jobs that did not change around that call are reconciled.

    The copy itself needs no second look. Its rows came with their checksums, and `check` compares those with the
    fingerprints from before.
    """
    table = next(table for table in obj.tables if table.partitioned)
    relation = landing.relation(table.name, "partitions")

    def store(found: Iterable[Fingerprint], _first: bool) -> int:
        return compare_again(connection, relation, found)

    take_fingerprints(connection, table, landing, "second", sources, settings, store, others_wait)
