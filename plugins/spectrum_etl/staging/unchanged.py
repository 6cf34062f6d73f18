"""A snapshot that is as it was last checked and published: nothing is typed, checked or written again.

The counterpart of the partitions' fingerprints for tables that are read whole. What was landed is known again by a
fingerprint over its rows and over all that decides what becomes of them; what is staged, by a checksum of its rows.
"""

from __future__ import annotations

import functools
import hashlib
import logging

import psycopg

from spectrum_etl.errors import StopSync
from spectrum_etl.model.run import Landing
from spectrum_etl.model.spec import StagedObject, Table, described
from spectrum_etl.model.sql_files import SQL_FOLDER
from spectrum_etl.settings import Settings
from spectrum_etl.staging.cast import derived_parameters, row_rules
from spectrum_etl.staging.checks.queries import tables_of
from spectrum_etl.staging.checks.suite import suite_of
from spectrum_etl.warehouse import snapshot
from spectrum_etl.warehouse.landings import LandedTable, landed_tables, take_checks_of
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)

#: The SQL that turns landed rows into staged ones, and that checks them.
_CODE = ("publish", "checks")


def fingerprint(
    connection: psycopg.Connection, obj: StagedObject, table: Table, landing: Landing, landed: LandedTable,
    settings: Settings,
) -> str:  # fmt: skip
    """What stands for a landed table: equal ones are staged alike, and their checks find the same.

    Args:
        connection: the warehouse, in the transaction that landed the table.
        obj: whose table it is.
        table: the spec; not partitioned.
        landing: the landing, of a run that is not narrowed.
        landed: its control totals.
        settings: name the phase category, and whether personal columns were read.
    """
    rows = connection.execute(render("publish/snapshot_landed.sql", landing=landed.relation)).fetchone()
    own = {each.name for each in obj.tables}
    checks = suite_of(table)
    looked_up = sorted({name for check in checks for name in tables_of(check)} - own)
    across = sorted({name for check in checks if check.across_companies for name in tables_of(check)})
    written = connection.execute(
        render("publish/snapshot_looked_up.sql"),
        {"looked_up": looked_up, "across_companies": across, "company_code": landing.scope.company_code},
    ).fetchone()
    columns = table.read_columns(settings.stage_employees)
    decides = (
        rows,
        landed.reader,
        sorted(landed.absent),
        sorted(landed.not_asked),
        landed.marked_rows,
        described(table),
        row_rules(table, columns, landed.reader, landed.absent, landed.marked_rows > 0),
        checks,
        derived_parameters(landing, settings),
        settings.codes_written(landing.scope.company_code),
        [column.name for column in columns],
        written,
        _code(),
    )
    return hashlib.sha256(repr(decides).encode()).hexdigest()


def recognize_unchanged(connection: psycopg.Connection, obj: StagedObject, landing: Landing) -> bool:
    """Find out whether all whole tables of a landing are as they were last published, and note that with it.

    All of an object's tables or none: their checks look at each other.

    Args:
        connection: the warehouse.
        obj: what was landed.
        landing: all of its tables have been landed.

    Returns:
        Whether nothing of them needs to be typed, checked or published.
    """
    landed = {name: table for name, table in landed_tables(connection, landing).items() if table.fingerprint}
    if not landed:
        return False
    with connection.transaction():
        known = {name: _published(connection, landing, name) for name in landed}
        for name, table in landed.items():
            published = known[name]
            if published is None or published[1] != table.fingerprint:
                return False
            if published[2] != snapshot.checksum(connection, name, landing.scope.company_code):
                log.info("%s: the staged table is not as it was last published; it is compared again", name)
                return False
        for name, published in known.items():
            assert published is not None
            take_checks_of(connection, landing, name, published[0])
            log.info(
                "%s of company %s: nothing has changed since landing %s; its checks still hold",
                name,
                landing.scope.company_code,
                published[0],
            )
    return True


def require_unchanged(connection: psycopg.Connection, table: Table, landing: Landing, landed: LandedTable) -> None:
    """Refuse to leave a table as it is where somebody else has published it since it was found unchanged.

    Args:
        connection: the warehouse, in the publishing transaction, which holds the object's lock.
        table: the spec.
        landing, landed: the landing and its table, whose checks are another landing's.

    Raises:
        StopSync: another run, which had read earlier, has published in between.
    """
    company = landing.scope.company_code
    known = _published(connection, landing, table.name)
    staged = snapshot.checksum(connection, table.name, company)
    if known is None or known[1:] != (landed.fingerprint, staged):
        raise StopSync(
            f"{table.name} was as landing {landed.checks_of} had published it when it was read, and has been written to"
            " since by another run",
            object=landing.object_name,
            company=company,
            remedy="clear the task `land` of this run, or wait for the next one: it compares again",
            cause="landing incomplete",
        )


def remember(connection: psycopg.Connection, table: Table, landing: Landing, landed: LandedTable) -> None:
    """Note what was checked and published, in the publishing transaction.

    Args:
        connection: the warehouse.
        table: the spec.
        landing, landed: of a run that was not narrowed, and all of which was published.
    """
    connection.execute(
        "insert into sync.snapshots (table_name, company_code, landing_id, fingerprint, staged)"
        " values (%s, %s, %s, %s, %s) on conflict (table_name, company_code) do update set"
        " landing_id = excluded.landing_id, fingerprint = excluded.fingerprint, staged = excluded.staged,"
        " published_at = clock_timestamp()",
        [
            table.name,
            landing.scope.company_code,
            landing.landing_id,
            landed.fingerprint,
            snapshot.checksum(connection, table.name, landing.scope.company_code),
        ],
    )


def _published(connection: psycopg.Connection, landing: Landing, name: str) -> tuple[int, str, str] | None:
    return connection.execute(
        "select landing_id, fingerprint, staged from sync.snapshots where table_name = %s and company_code = %s",
        [name, landing.scope.company_code],
    ).fetchone()


@functools.cache
def _code() -> str:
    """A text that changes with the SQL that types, checks and publishes."""
    paths = sorted(path for folder in _CODE for path in (SQL_FOLDER / folder).glob("*.sql"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()
