"""Compares staged tables with the source, independent of fingerprints, hashes and watermarks. Used by `verify_staging`.

Counts and sums come from the source by its own arithmetic, and from the staged tables by the warehouse's.
"""

from __future__ import annotations

import logging
from decimal import Decimal

import psycopg

from spectrum_etl.errors import StopSync
from spectrum_etl.settings import Settings
from spectrum_etl.staging.checks.result import CheckResult
from spectrum_etl.staging.run import Run
from spectrum_etl.staging.sources import Sources
from spectrum_etl.staging.spec import ImportObject, Table
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.runs import record_verification
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)


def verify(url: str, obj: ImportObject, run: Run, sources: Sources, settings: Settings) -> list[CheckResult]:
    """Compare every table of an object with Info-Link, for one company.

    Args:
        url: the warehouse.
        obj: the object.
        run: who asks.
        sources: of the company.
        settings: whether personal columns are read.

    Returns:
        One result a table that has been staged and that Info-Link holds; written to `sync.checks` too.

    Raises:
        StopSync: rows or amounts differ; the message names each table with both figures.
    """
    company = sources.company.code
    results: dict[str, CheckResult] = {}
    with connect(url) as connection:
        connection.autocommit = True
        for table in obj.tables:
            if table.infolink is None or not sources.has_infolink or not _staged(connection, table, company):
                continue
            if sources.infolink.plan(table, company).left_out:
                continue  # the sync says so
            theirs = sources.infolink.totals(table, company, stage_employees=settings.stage_employees)
            ours = _totals(connection, table, company, [name for name in theirs if name != "rows"])
            results[table.name] = _compare(table, company, theirs, ours, _last_read(connection, table, company))
        record_verification(connection, obj, company, run, results)
    for name, result in results.items():
        log.info("%s of company %s: %s rows, %s", name, company, result.rows_checked, result.status)
    differing = [result.message for result in results.values() if result.status == "failed"]
    if differing:
        raise StopSync(
            " | ".join(differing),
            object=obj.name,
            company=company,
            remedy=f"trigger stage_{obj.name} and then verify_staging again. If they still differ, trigger"
            f" stage_{obj.name} with a full refresh, and report it: a sync should have found the difference",
        )
    return list(results.values())


def _compare(
    table: Table,
    company: str,
    theirs: dict[str, int | Decimal],
    ours: dict[str, int | Decimal],
    read_at: object,
) -> CheckResult:
    differing = [
        f"{name} {theirs[name]} in Spectrum, {ours[name]} staged and rejected"
        for name in theirs
        if theirs[name] != ours[name]
    ]
    message = (
        f"{table.name} of company {company}, last read {read_at:%Y-%m-%d %H:%M %Z}: {'; '.join(differing)}"
        if differing
        else ""
    )
    return CheckResult(
        "equals_source",
        "critical",
        "failed" if differing else "passed",
        columns=tuple(name for name in theirs if name != "rows"),
        rows_checked=int(ours["rows"]),
        rows_failed=abs(int(theirs["rows"]) - int(ours["rows"])),
        message=message,
        source="verify_staging",
    )


def _staged(connection: psycopg.Connection, table: Table, company: str) -> bool:
    return _last_read(connection, table, company) is not None


def _last_read(connection: psycopg.Connection, table: Table, company: str) -> object:
    if connection.execute("select to_regclass('sync.runs')").fetchone() == (None,):
        return None
    row = connection.execute(
        "select max(read_at) from sync.runs where table_name = %s and company_code = %s and not narrowed"
        " and state in ('published', 'unchanged')",
        [table.name, company],
    ).fetchone()
    return row[0] if row else None


def _totals(connection: psycopg.Connection, table: Table, company: str, columns: list[str]) -> dict[str, int | Decimal]:
    """Rows and sums of what is staged and what is rejected together: what the source must hold."""
    row = connection.execute(
        render(
            "publish/verify_totals.sql",
            staged=f"spectrum.{table.name}",
            columns=columns,
        ),
        {"table_name": table.name, "company_code": company},
    ).fetchone()
    assert row is not None
    return dict(zip(["rows", *columns], row, strict=True))
