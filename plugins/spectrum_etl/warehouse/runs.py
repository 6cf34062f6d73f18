"""The run history: one row of `sync.runs` a table and landing, checks, drift, and how new each scope is."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from spectrum_etl.errors import Reason
from spectrum_etl.model.counts import Counts
from spectrum_etl.model.run import Landing, Run, Scope
from spectrum_etl.warehouse.locks import take
from spectrum_etl.warehouse.templates import render

if TYPE_CHECKING:
    from spectrum_etl.model.check_result import CheckResult
    from spectrum_etl.model.drift import Drift
    from spectrum_etl.model.spec import StagedObject

#: First part of the advisory lock of one object and company; the second is a hash of both.
PUBLISH_LOCK = 7_266


def record_run(
    connection: psycopg.Connection,
    landing: Landing,
    table_name: str,
    reader: str,
    state: str,
    counts: Counts,
    reason: Reason | None = None,
    failed_connection: str | None = None,
    checks_of: int | None = None,
) -> None:
    """Write what became of one table of a landing, in the caller's transaction. A later outcome replaces an earlier.

    Args:
        connection: the warehouse.
        landing, table_name, reader, state, counts: as the columns of `sync.runs`.
        reason: why it stopped or failed.
        failed_connection: which system failed, if one did.
        checks_of: the landing whose checks hold for this one; they are counted with its own.
    """
    connection.execute(
        render("publish/record_run.sql"),
        {
            "landing_id": landing.landing_id,
            "object": landing.object_name,
            "table": table_name,
            "company": landing.scope.company_code,
            "dag": landing.run.dag_id,
            "run": landing.run.run_id,
            "reader": reader,
            "state": state,
            "narrowed": landing.scope.narrowed,
            "started": landing.started_at,
            "read": landing.read_at,
            **vars(reason or Reason("")),
            "message": reason.message if reason else None,
            "failed_connection": failed_connection,
            "checks_of": checks_of,
            "checked": [number for number in (landing.landing_id, checks_of) if number is not None],
            **counts.to_dict(),
        },
    )


def published_counts(connection: psycopg.Connection, landing: Landing) -> dict[str, Counts]:
    """What a landing that was published before did, by table."""
    rows = connection.execute(
        "select table_name, new_rows, changed_rows, deleted_rows, rejected_rows, deferred_rows,"
        " coalesce(staged_rows, 0), coalesce(source_rows, 0), coalesce(landed_rows, 0)"
        " from sync.runs where landing_id = %s",
        [landing.landing_id],
    ).fetchall()
    return {row[0]: Counts(*row[1:]) for row in rows}


def last_landed_rows(connection: psycopg.Connection, landing: Landing, table_name: str) -> int | None:
    """Rows of the source in the last published run that was not narrowed; None before the first."""
    row = connection.execute(
        "select source_rows from sync.runs where table_name = %s and company_code = %s and not narrowed"
        " and state in ('published', 'unchanged') and landing_id <> %s order by read_at desc limit 1",
        [table_name, landing.scope.company_code, landing.landing_id],
    ).fetchone()
    return row[0] if row else None


def may_be_of_another_reader(connection: psycopg.Connection, landing: Landing, table_name: str) -> bool:
    """Whether some of a table may come from another reader than the settings name now: one that was changed since.

    Args:
        connection: the warehouse.
        landing: names the company; its own run is not yet recorded.
        table_name: of what; the reader now is `transactions`.
    """
    row = connection.execute(
        "select coalesce(max(read_at) filter (where reader <> 'transactions') >= max(read_at) filter (where reader"
        " = 'transactions' and not narrowed), true) from sync.runs where table_name = %s and company_code = %s and"
        " state in ('published', 'unchanged') and landing_id <> %s"
        " having count(*) filter (where reader <> 'transactions') > 0",
        [table_name, landing.scope.company_code, landing.landing_id],
    ).fetchone()
    return row is not None and row[0]


def record_checks(
    connection: psycopg.Connection,
    landing: Landing,
    table_name: str,
    results: Sequence[CheckResult],
) -> None:
    """Write check results, in place of those the same source wrote for this landing before (a retried task)."""
    connection.execute(
        "delete from sync.checks where landing_id = %s and table_name = %s and source = any(%s)"
        " and check_name = any(%s)",
        [landing.landing_id, table_name, [r.source for r in results], [r.name for r in results]],
    )
    _insert_checks(
        connection,
        landing.object_name,
        landing.scope.company_code,
        landing.run,
        {table_name: results},
        landing.landing_id,
    )


def newly_rejected(connection: psycopg.Connection, landing: Landing, table_name: str, newly: str) -> int:
    """Count the rows of a landing that are rejected now and were not before.

    Args:
        connection: the warehouse, in the transaction that typed the rows.
        landing: the landing.
        table_name: staged table.
        newly: name of the temporary table to be filled with them, by job and month.
    """
    connection.execute(
        render("publish/rejected_new.sql", newly=newly, rejects=landing.relation(table_name, "rejects")),
        {"table_name": table_name, "company_code": landing.scope.company_code},
    )
    added = sql.SQL("select coalesce(sum(new_rows), 0)::bigint from {}").format(sql.Identifier(newly))
    row = connection.execute(added).fetchone()
    assert row is not None
    return int(row[0])


def failed_checks(connection: psycopg.Connection, landing: Landing) -> list[str]:
    """The critical checks of a landing that are not met, as `table.check`; a mass delete is judged by each publish."""
    rows = connection.execute(
        "select table_name || '.' || check_name from sync.checks where landing_id = %s and status = 'failed'"
        " and check_name <> 'mass_delete' order by 1",
        [landing.landing_id],
    )
    return [name for (name,) in rows]


def record_verification(
    connection: psycopg.Connection, obj: StagedObject, company: str, run: Run, results: Mapping[str, CheckResult]
) -> None:
    """Write what the daily comparison with the source found, by table; it belongs to no landing."""
    _insert_checks(connection, obj.name, company, run, {name: [result] for name, result in results.items()}, None)


def _insert_checks(
    connection: psycopg.Connection,
    object_name: str,
    company: str,
    run: Run,
    results_of: Mapping[str, Sequence[CheckResult]],
    landing_id: int | None,
) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into sync.checks (landing_id, object_name, table_name, company_code, run_id, source, check_name,"
            " severity, status, column_names, rows_checked, rows_failed, examples, message, remedy,"
            " cause, connection)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    landing_id,
                    object_name,
                    table_name,
                    company,
                    run.run_id,
                    result.source,
                    result.name,
                    result.severity,
                    result.status,
                    list(result.columns),
                    result.rows_checked,
                    result.rows_failed,
                    json.dumps(result.examples, default=str),
                    result.message or None,
                    result.remedy or None,
                    result.cause,
                    result.connection,
                )
                for table_name, results in results_of.items()
                for result in results
            ],
        )


def record_drift(
    connection: psycopg.Connection, landing: Landing, table_name: str, reader: str, drifts: Iterable[Drift]
) -> None:
    """Bring the open differences between source and spec up to date: new ones noted once, gone ones resolved."""
    seen = []
    for drift in drifts:
        row = connection.execute(
            "insert into sync.drift (object_name, table_name, company_code, reader, source_name, column_name, change,"
            " detail, landing_id) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " on conflict (table_name, company_code, reader, source_name, column_name, change)"
            " where resolved_at is null do update set last_seen_at = clock_timestamp(), detail = excluded.detail,"
            " landing_id = excluded.landing_id returning drift_id",
            [
                landing.object_name,
                table_name,
                landing.scope.company_code,
                reader,
                drift.table,
                drift.column,
                drift.change,
                drift.detail,
                landing.landing_id,
            ],
        ).fetchone()
        assert row is not None
        seen.append(row[0])
    connection.execute(
        "update sync.drift set resolved_at = clock_timestamp() where table_name = %s and company_code = %s"
        " and reader = %s and resolved_at is null and drift_id <> all(%s)",
        [table_name, landing.scope.company_code, reader, seen],
    )


def lock(connection: psycopg.Connection, landing: Landing) -> None:
    """Wait until no other transaction publishes this object of this company; held until the transaction ends.

    Raises:
        RetryLater: the other one takes too long; the message names who it is.
    """
    name, company = landing.object_name, landing.scope.company_code
    take(connection, PUBLISH_LOCK, f"{name}/{company}", what=f"the publish of {name} of company {company}")


def newer_scopes(connection: psycopg.Connection, landing: Landing) -> tuple[bool, list[str]]:
    """What has been published from a newer reading than this landing's.

    Returns:
        Whether all that the landing was asked for has; and the jobs of which all months have. Newer months of a
        partitioned table are found by `partitions_published.sql`.
    """
    newer: set[tuple[str, str]] = set(
        connection.execute(
            "select job_number, partition_month from sync.scopes"
            " where object_name = %s and company_code = %s and read_at > %s",
            [landing.object_name, landing.scope.company_code, landing.read_at],
        ).fetchall()
    )
    superseded = all(
        not newer.isdisjoint(itertools.product({"", job}, {"", month})) for job, month in _parts(landing.scope)
    )
    return superseded, sorted(job for job, month in newer if job and not month)


def remember_scope(connection: psycopg.Connection, landing: Landing) -> None:
    """Note how new the published data are now."""
    scope = landing.scope
    if not scope.narrowed:
        connection.execute(
            "delete from sync.scopes where object_name = %s and company_code = %s and read_at <= %s",
            [landing.object_name, scope.company_code, landing.read_at],
        )
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into sync.scopes as known (object_name, company_code, job_number, partition_month, read_at,"
            " landing_id) values (%s, %s, %s, %s, %s, %s)"
            " on conflict (object_name, company_code, job_number, partition_month) do update"
            " set read_at = excluded.read_at, landing_id = excluded.landing_id where known.read_at < excluded.read_at",
            [
                (landing.object_name, scope.company_code, job, month, landing.read_at, landing.landing_id)
                for job, month in _parts(scope)
            ],
        )


def _parts(scope: Scope) -> list[tuple[str, str]]:
    """The jobs and months that a scope is made of; empty text for all of them."""
    return list(itertools.product(scope.jobs or ("",), scope.months or ("",)))
