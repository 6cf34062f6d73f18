"""Runs the checks of a table on its landed slice and says what they found.

Great Expectations gives the verdicts; the examples of what is wrong are read here, for failed checks only.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from spectrum_etl.errors import RetryLater
from spectrum_etl.model.check_result import CheckResult, Status
from spectrum_etl.model.spec import Check, Table
from spectrum_etl.staging.checks import queries
from spectrum_etl.staging.checks.suite import suite_of
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.statistics import row_count

if TYPE_CHECKING:
    from spectrum_etl.staging.checks.expectations import Suites, Verdict

log = logging.getLogger(__name__)

_EXPECTATIONS = f"{__package__}.expectations"
_LONGEST_TEXT = 200
#: How SQLAlchemy names a connection that was lost, as opposed to a query that is wrong.
_LOST = ("psycopg.OperationalError", "AdminShutdown", "CrashShutdown", "CannotConnectNow")


def preload_checks() -> None:
    """Import Great Expectations beside what the caller goes on with, such as waiting for the warehouse to type rows.

    It takes seconds. Whoever imports it meanwhile waits for this import to end, and meets its error if there is one.
    """
    _quieten()
    threading.Thread(target=importlib.import_module, args=[_EXPECTATIONS], daemon=True).start()


def open_suites(connection_url: str, schema: str) -> Suites:
    """Open what runs suites on slices of a schema; a context manager.

    Args:
        connection_url: the warehouse, as libpq URL or connection string. It holds the password: never log it.
        schema: schema of the slices.
    """
    _quieten()
    # Only here: it costs seconds and memory, and no DAG file may pay that when it is parsed.
    from spectrum_etl.staging.checks import expectations

    return expectations.Suites(connection_url, schema)


def run_checks(
    connection_url: str,
    schema: str,
    relation: str,
    table: Table,
    parameters: Mapping[str, str],
    slices: Mapping[str, str] | None = None,
    suites: Suites | None = None,
) -> list[CheckResult]:
    """Run every check of a table on its landed slice.

    Args:
        connection_url: the warehouse, as libpq URL or connection string. It holds the password: never log it.
        schema: schema of the slice.
        relation: name of the slice, with or without its schema: a table of exactly the columns of the spec, typed,
            beside system columns, holding rows of one company.
        table: the spec.
        parameters: `company_code` of the run, and whatever else its derived columns use.
        slices: staged table -> relation, with its schema, of the slices that are published together with this one;
            a query's `slice("TABLE")` reads them in place of the staged table.
        suites: what `open_suites` opened, where several tables are checked; of its own otherwise.

    Returns:
        One result a check, in the order of `suite_of`. A check that cannot be run (a column is missing, its query is
        wrong) has failed, as a critical one, whatever its own severity.

    Raises:
        RetryLater: the warehouse cannot be reached, or went away meanwhile.
        Reauthenticate: the warehouse refused the login.
    """
    name = relation.rpartition(".")[2]
    qualified = f"{schema}.{name}"
    checks = suite_of(table)
    values = {check.name: tuple(value.format(**parameters) for value in check.values) for check in checks}
    with connect(connection_url) as connection:
        rows = row_count(connection, qualified)
        existing = _existing(connection, checks)
    offenders = {
        check.name: queries.offenders(check, existing, slices or {})
        for check in checks
        if check.kind in ("unique", "sql")
    }

    suite = [(check, values[check.name], offenders.get(check.name, "")) for check in checks]
    with nullcontext(suites) if suites else open_suites(connection_url, schema) as opened:
        verdicts = opened.validate(name, table, suite)
    _raise_if_lost(verdicts)

    broken = [check for check in checks if not verdicts[check.name].success and not verdicts[check.name].error]
    found = _look_at(connection_url, broken, table, qualified, values, offenders) if broken else {}
    results = [
        _result(check, table, verdicts[check.name], parameters, rows, found.get(check.name, _Offenders()))
        for check in checks
    ]
    for result in results:
        if result.status != "passed":
            log.warning("%s", result.message)
    return results


@dataclass(frozen=True)
class _Offenders:
    """The rows that do not meet a check.

    Args:
        examples: the worst of them.
        rows: how many there are.
        keys: in words, how many keys they have.
    """

    examples: Sequence[dict[str, Any]] = ()
    rows: int = 0
    keys: str = ""


def _quieten() -> None:
    """From its import on it would tell the task's log a hundred things about itself; what it finds are verdicts."""
    logging.getLogger("great_expectations").setLevel(logging.WARNING)


def _existing(connection: psycopg.Connection, checks: Sequence[Check]) -> dict[str, bool]:
    """Which of the staged tables that the queries name have been created: objects are first synced one by one."""
    named = sorted({table for check in checks for table in queries.tables_of(check)})
    found = connection.execute(
        "select name, to_regclass('spectrum.' || quote_ident(name)) is not null from unnest(%s::text[]) as name",
        [named],
    )
    return {name: bool(exists) for name, exists in found}


def _raise_if_lost(verdicts: Mapping[str, Verdict]) -> None:
    for name, verdict in verdicts.items():
        if any(sign in verdict.error for sign in _LOST):
            raise RetryLater(
                f"the connection to the warehouse was lost during the check {name}: {verdict.error}",
                remedy="the task is retried automatically; if it keeps failing, look at the database server's log",
            )


def _look_at(
    connection_url: str,
    broken: Sequence[Check],
    table: Table,
    relation: str,
    values: Mapping[str, tuple[str, ...]],
    offending: Mapping[str, str],
) -> dict[str, _Offenders]:
    """What does not meet each of the checks that were found not to be met."""
    with connect(connection_url) as connection:
        return {
            check.name: _look(connection, check, table, relation, values[check.name], offending.get(check.name))
            for check in broken
        }


def _look(
    connection: psycopg.Connection,
    check: Check,
    table: Table,
    relation: str,
    values: tuple[str, ...],
    offending: str | None,
) -> _Offenders:
    """The same for one check."""
    statement: sql.SQL | sql.Composed
    if offending is None:
        statement = queries.offending_rows(check, table, relation, values)
    else:
        statement = queries.worst_offenders(offending, relation, check.amount)
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(statement).fetchall()
    if not found:
        return _Offenders()
    hidden = {column.name for column in table.columns if column.personal} | {"_keys", "_rows", "_amount"}
    examples = [{name: _plain(value) for name, value in row.items() if name not in hidden} for row in found]
    keys = f"{found[0]['_keys']} found, on " if "_keys" in found[0] else ""
    if check.amount:
        amount = found[0]["_amount"]  # null where the source lacks the column that is added up
        in_all = "of an unknown amount" if amount is None else f"{amount:,.2f} in all"
        keys = f"{found[0]['_keys']} found, {in_all}, on "
    return _Offenders(examples, found[0]["_rows"], keys)


def _plain(value: object) -> Any:
    """A value as JSON can hold it without a loss: a decimal must not become a float."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT] + "…"
    return value


def _result(
    check: Check,
    table: Table,
    verdict: Verdict,
    parameters: Mapping[str, str],
    rows: int,
    offenders: _Offenders,
) -> CheckResult:
    if verdict.success and not verdict.error:
        return CheckResult(check.name, check.severity, "passed", check.columns, rows)
    where = f"{table.name} of company {parameters['company_code']}, check {check.name}"
    if verdict.error:
        message = f"{where}: it could not be run, so nothing is published: {verdict.error}"
        return CheckResult(check.name, "critical", "failed", check.columns, rows, 0, [], message, cause="check broken")
    status: Status = "failed" if check.severity == "critical" else "warned"
    message = f"{where}: {offenders.keys}{offenders.rows} of {rows} rows. {check.explains}"
    return CheckResult(
        check.name, check.severity, status, check.columns, rows, offenders.rows, list(offenders.examples), message
    )
