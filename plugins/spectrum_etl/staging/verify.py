"""Compares staged tables with the source, independent of fingerprints, hashes and watermarks.

Each table is compared with what its reader can give: counts and sums come from Info-Link by its own arithmetic, from
the web services by adding up their records, and from the staged tables by the warehouse's.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

import psycopg

from spectrum_etl.errors import FixConfiguration, StopSync
from spectrum_etl.model.character_marks import as_stored
from spectrum_etl.model.check_result import CheckResult
from spectrum_etl.model.run import Run
from spectrum_etl.model.selection import Selection
from spectrum_etl.model.spec import StagedObject, Table
from spectrum_etl.settings import Schedule, Settings
from spectrum_etl.sources.company import Sources
from spectrum_etl.staging import read as reading
from spectrum_etl.staging.companies import require_company
from spectrum_etl.warehouse import partitions
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.runs import record_verification
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)

#: Causes of errors about a table that a site does not show: it is not in the catalog, or may not be read.
_NOT_SHOWN = (None, "not permitted")

#: `rows`, and the sum of each money column by its staged name.
Totals = dict[str, int | Decimal]


def verify(url: str, obj: StagedObject, run: Run, sources: Sources, settings: Settings) -> list[CheckResult]:
    """Compare every table of an object with the source it is read from, for one company.

    Totals that are summed from the transactions have no source of their own; those of GetPhase are compared with the
    transactions by the sync itself.

    Args:
        url: the warehouse.
        obj: the object.
        run: who asks.
        sources: of the company.
        settings: which reader each table uses, and whether personal columns are read; schedules as they are in force.

    Returns:
        One result a table that has been staged; written to `sync.checks` too. One of an object that is scheduled as
        `never` is left out where the site does not show it.

    Raises:
        FixConfiguration: Spectrum does not have the company.
        StopSync: rows or amounts differ; the message names each table with both figures.
    """
    company = sources.company.code
    results: dict[str, CheckResult] = {}
    with connect(url) as connection:
        connection.autocommit = True
        for table in obj.tables:
            if not _staged(connection, table, company):
                continue
            if settings.reader(table) == "sdx":
                if table.infolink is not None:
                    results[table.name] = _with_services(connection, table, sources, settings)
            elif table.infolink is not None and sources.has_infolink:
                try:
                    result = _with_infolink(connection, table, sources, settings)
                except FixConfiguration as error:
                    # Not shown any more, and nobody waits for it: what was staged of it once stays as it was.
                    if settings.schedule(obj) is not Schedule.NEVER or error.cause not in _NOT_SHOWN:
                        raise
                    log.info("%s of company %s is not compared: %s", table.name, company, error.message)
                    continue
                if result is not None:
                    results[table.name] = result
        if not any(result.rows_checked for result in results.values()):
            require_company(sources)
        record_verification(connection, obj, company, run, results)
    for name, result in results.items():
        log.info("%s of company %s: %s rows, %s", name, company, result.rows_checked, result.status)
    differing = [result.in_words for result in results.values() if result.status == "failed"]
    if differing:
        raise StopSync(
            " | ".join(differing),
            object=obj.name,
            company=company,
            remedy=f"trigger stage_{obj.name} and then verify_staging again. If they still differ, trigger"
            f" stage_{obj.name} with a full refresh, and report it: a sync should have found the difference",
            cause="differs from source",
        )
    return list(results.values())


def _with_infolink(
    connection: psycopg.Connection, table: Table, sources: Sources, settings: Settings
) -> CheckResult | None:
    """Compare with Info-Link; None where this site does not show what the table is made of: the sync says so."""
    company = sources.company.code
    if sources.infolink.plan(table, company).left_out:
        return None
    whole = Selection(company, stage_employees=settings.stage_employees)
    theirs: Totals = dict(sources.infolink.totals(table, whole))
    columns = [name for name in theirs if name != "rows"]
    held = partitions.held_back(connection, table.name, company) if table.partitioned else []
    if held:
        # Their last good version is staged, on purpose: what Spectrum holds of them now is left out on both sides.
        stored = tuple((as_stored(job), as_stored(month)) for job, month in held)
        for found in sources.infolink.fingerprints(table, Selection(company, partitions=stored)):
            theirs["rows"] -= found.rows
            theirs["tran_amount"] -= Decimal(found.amount)
    ours = _totals(connection, table, company, columns, held=held)
    result = _compare(table, company, theirs, ours, _last_read(connection, table, company))
    if held and result.status == "passed":
        message = (
            f"{table.name} of company {company}: equal, except for {len(held)} jobs and months that are held back and"
            " were not compared; sync.deferred lists them"
        )
        return replace(result, status="warned", severity="warning", message=message)
    return result


def _with_services(connection: psycopg.Connection, table: Table, sources: Sources, settings: Settings) -> CheckResult:
    """Compare with the web services that the table is read from: with what they show, in the fields that they give."""
    company = sources.company.code
    found = reading.read(table, "sdx", sources, Selection(company, stage_employees=settings.stage_employees))
    money = [
        (place, column.name)
        for place, column in enumerate(table.read_columns(settings.stage_employees))
        if column.type == "money" and column.sdx
    ]
    theirs: Totals = {"rows": len(found.not_asked), **{name: Decimal(0) for _, name in money}}
    for batch in found.batches:
        for row in batch:
            theirs["rows"] += 1
            for place, name in money:
                theirs[name] += _amount(row[place])
    # A row that the service no longer shows is staged as inactive, where that is what its absence means.
    hidden = table.hidden_status
    ours = _totals(connection, table, company, [name for _, name in money], hidden=hidden)
    result = _compare(table, company, theirs, ours, _last_read(connection, table, company))
    shown_by_infolink = None if hidden else _rows_of_infolink(table, sources)
    if result.status != "passed" or shown_by_infolink in (None, theirs["rows"]):
        return result
    message = (
        f"{table.name} of company {company}: equal to what the web services show, {theirs['rows']} rows; Info-Link"
        f" holds {shown_by_infolink}. The services show what the Authorization ID's operator may see, and no job whose"
        " number they cannot be asked for"
    )
    return replace(result, status="warned", severity="warning", message=message)


def _rows_of_infolink(table: Table, sources: Sources) -> int | None:
    """How many rows Info-Link holds of a table that the web services read; None where it does not show them."""
    if not sources.has_infolink:
        return None
    try:
        return int(sources.infolink.totals(table, Selection(sources.company.code))["rows"])
    except (FixConfiguration, StopSync) as error:
        log.info("%s: Info-Link cannot be compared with: %s", table.name, error)
        return None


def _amount(text: str | None) -> Decimal:
    """An amount as `publish/verify_totals.sql` adds those of rejected rows up: what is no number counts as 0."""
    try:
        amount = Decimal((text or "0").strip() or "0")
    except InvalidOperation:
        return Decimal(0)
    return amount if amount.is_finite() else Decimal(0)


def _compare(
    table: Table,
    company: str,
    theirs: Mapping[str, int | Decimal],
    ours: Mapping[str, int | Decimal],
    read_at: object,
) -> CheckResult:
    unequal = [name for name in theirs if theirs[name] != ours[name]]
    differing = [f"{name} {theirs[name]} in Spectrum, {ours[name]} staged and rejected" for name in unequal]
    message = (
        f"{table.name} of company {company}, last read {read_at:%Y-%m-%d %H:%M %Z}: {'; '.join(differing)}"
        if differing
        else ""
    )
    return CheckResult(
        "equals_source",
        "critical",
        "failed" if differing else "passed",
        columns=tuple(name for name in unequal or theirs if name != "rows"),
        rows_checked=int(ours["rows"]),
        rows_failed=abs(int(theirs["rows"]) - int(ours["rows"])),
        message=message,
        source="verify_staging",
        cause="differs from source" if differing else None,
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


def _totals(
    connection: psycopg.Connection,
    table: Table,
    company: str,
    columns: list[str],
    *,
    hidden: str | None = None,
    held: Sequence[tuple[str, str]] = (),
) -> Totals:
    """Rows and sums of what is staged and what is rejected together: what the source must hold.

    Args:
        connection: the warehouse.
        table, company: of what.
        columns: money columns.
        hidden: the column that is `I` in rows that the reader does not show.
        held: (job, month) partitions to leave out.
    """
    row = connection.execute(
        render("publish/verify_totals.sql", staged=f"spectrum.{table.name}", columns=columns, hidden=hidden, held=held),
        {
            "table_name": table.name,
            "company_code": company,
            "held_jobs": [job for job, _ in held],
            "held_months": [month for _, month in held],
        },
    ).fetchone()
    assert row is not None
    return dict(zip(["rows", *columns], row, strict=True))
