"""Keeps what a check found in the tables `sync.connection*`, in place of what the last one found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from spectrum_etl.connections.probes.kept import keep
from spectrum_etl.connections.result import Checked, Kind
from spectrum_etl.settings import Settings
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate

#: What is kept of a connection: tables `sync.connection_*`.
_PARTS = ("services", "findings", "columns", "facts")
#: Subject, item and kind of a difference.
FindingKey = tuple[str, str, str]


def record(url: str, kind: Kind, company: str, found: Checked | None, settings: Settings, run_id: str) -> None:
    """Write one connection's result, in one transaction; forget companies that are no longer configured.

    Args:
        url: the warehouse.
        kind: which connection.
        company: company code.
        found: what was found; None where the company has no such connection: what was kept of one is removed.
        settings: say which companies there are.
        run_id: Airflow run.

    Raises:
        SpectrumEtlError: the warehouse cannot be written to.
    """
    codes = [configured.code for configured in settings.companies]
    with connect(url) as connection:
        connection.autocommit = True
        migrate(connection)
        with connection.transaction():
            for table in ("connections", "procore_probes", *(f"connection_{part}" for part in _PARTS)):
                connection.execute(f"delete from sync.{table} where company_code <> all(%s)", [codes])  # type: ignore[arg-type]  # noqa: S608
            connection.execute("delete from sync.connections where company_code = %s and kind = %s", [company, kind])
            if found is None or found.services is not None:
                _forget_services(connection, company, kind)
            if found is None or found.tables is not None:
                _forget_columns(connection, company, kind)
            notified_at: dict[FindingKey, datetime | None] = {}
            if found is None or found.findings is not None:
                notified_at = _forget_findings(connection, company, kind)
                connection.execute(
                    "delete from sync.connection_facts where company_code = %s and kind = %s", [company, kind]
                )
            if found is not None:
                _insert(connection, found, run_id, notified_at)
            if found is not None and found.procore_company is not None:
                keep(connection, company, found.procore_company, found.probes, run_id)


def _forget_services(connection: psycopg.Connection, company: str, kind: Kind) -> None:
    if kind == "web services":
        connection.execute("delete from sync.connection_services where company_code = %s", [company])


def _forget_columns(connection: psycopg.Connection, company: str, kind: Kind) -> None:
    if kind == "Info-Link":
        connection.execute("delete from sync.connection_columns where company_code = %s", [company])


def _forget_findings(connection: psycopg.Connection, company: str, kind: Kind) -> dict[FindingKey, datetime | None]:
    """Remove what the last check found; when people were notified of each difference, for those that last."""
    gone = connection.execute(
        "delete from sync.connection_findings where company_code = %s and kind = %s"
        " returning subject, item, difference, told_at",
        [company, kind],
    )
    return {(subject, item, difference): told_at for subject, item, difference, told_at in gone}


def _insert(
    connection: psycopg.Connection, found: Checked, run_id: str, notified_at: dict[FindingKey, datetime | None]
) -> None:
    here = (found.company, found.connection)
    _insert_rows(
        connection,
        "connections",
        "company_code connection kind status cause reason remedy run_id",
        [(*here, found.kind, found.status, found.cause, found.reason, found.remedy, run_id)],
    )
    _insert_rows(
        connection,
        "connection_services",
        "company_code connection service direction needed used_by status reason remedy",
        [(*here, s.name, s.direction, s.needed, s.used_by, s.status, s.reason, s.remedy) for s in found.services or ()],
    )
    _insert_rows(
        connection,
        "connection_findings",
        "company_code connection kind subject item difference stops detail affects closest paste remedy told_at",
        [
            (*here, found.kind, *key, f.stops, f.detail, f.affects, f.closest, f.paste, f.remedy, notified_at.get(key))
            for f in found.findings or ()
            for key in [(f.subject, f.item, f.difference)]
        ],
    )
    _insert_rows(
        connection,
        "connection_facts",
        "company_code connection kind subject item fact",
        [(*here, found.kind, f.subject, f.item, f.fact) for f in found.facts],
    )
    _insert_rows(
        connection,
        "connection_columns",
        "company_code connection table_name column_name state site_table site_column site_type used_by",
        [
            (*here, table.name, column.column, column.state, table.here, column.here, column.type, column.used_by)
            for table in found.tables or ()
            for column in table.columns
        ],
    )


def _insert_rows(connection: psycopg.Connection, table: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows into a table of `sync`, all checked at the moment of the transaction."""
    names = columns.split()
    statement = sql.SQL("insert into {} ({}, checked_at) values ({}, transaction_timestamp())").format(
        sql.Identifier("sync", table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join([sql.Placeholder()] * len(names)),
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
