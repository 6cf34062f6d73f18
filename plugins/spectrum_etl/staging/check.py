"""The second step of a sync: types the landed rows, sets aside those that cannot be, and runs the data checks.

A critical check that is not met stops here: nothing is published, and yesterday's table stays as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import psycopg
from psycopg import sql

from spectrum_etl.errors import StopSync
from spectrum_etl.model.run import LANDING, Landing
from spectrum_etl.model.spec import StagedObject, Table
from spectrum_etl.settings import Settings
from spectrum_etl.staging import guards
from spectrum_etl.staging.cast import cast_rows, derived_parameters, reject_jobs
from spectrum_etl.staging.cast_notes import notes
from spectrum_etl.staging.checks import CheckResult, open_suites, preload_checks, run_checks
from spectrum_etl.staging.outcome import recorded_failure
from spectrum_etl.warehouse import partitions, runs
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.landings import (
    LandedTable,
    find_landing,
    landed_tables,
    record_checked,
    require_whole,
    set_state,
)
from spectrum_etl.warehouse.statistics import row_count

log = logging.getLogger(__name__)

#: Temporary table of the rows that are rejected now and were not before.
_NEWLY = "_newly_rejected"


def check(url: str, obj: StagedObject, landing_id: int, settings: Settings) -> list[CheckResult]:
    """Type and check a landing.

    Args:
        url: the warehouse.
        obj: what was landed.
        landing_id: the number `land` returned.
        settings: limits.

    Returns:
        What the checks found; empty where nothing was landed because nothing had changed, or where the landing has
        been published already.

    Raises:
        StopSync: the landing is no longer whole, or a critical check is not met; the message names each.
    """
    with connect(url) as connection:
        connection.autocommit = True
        landing, state = find_landing(connection, landing_id)
        if state in ("published", "unchanged", "superseded"):
            log.info("landing %s is %s already: nothing to check", landing_id, state)
            return []
        landed = landed_tables(connection, landing)
        with recorded_failure(url, landing, obj, settings):
            results: dict[str, list[CheckResult]] = {}
            tables = [table for table in obj.tables if table.name in landed and landed[table.name].to_publish]
            if tables:
                preload_checks()
            for table in tables:
                require_whole(connection, landing, landed[table.name])
                results[table.name] = _type_rows(connection, table, landing, landed[table.name], settings)
            slices = {table.name: landing.relation(table.name, "rows") for table in tables}
            parameters = derived_parameters(landing, settings)
            with open_suites(url, LANDING) if tables else nullcontext() as suites:
                for table in tables:
                    results[table.name] += run_checks(
                        url, LANDING, slices[table.name], table, parameters, slices=slices, suites=suites
                    )
                    with connection.transaction():
                        runs.record_checks(connection, landing, table.name, results[table.name])
            _stop_if_critical(obj, landing, results)
            set_state(connection, landing, "checked")
    return [result for found in results.values() for result in found]


def _type_rows(
    connection: psycopg.Connection, table: Table, landing: Landing, landed: LandedTable, settings: Settings
) -> list[CheckResult]:
    company = landing.scope.company_code
    with connection.transaction():
        good, bad = cast_rows(connection, landing, table, landed, settings)
        if table.partitioned:
            result, examples = _guard_partitions(connection, table, landing, landed, settings)
        else:
            result = guards.rejected_share(
                table.name,
                company,
                landed.landed_rows,
                bad,
                settings,
                new_rows=runs.newly_rejected(connection, landing, table.name, _NEWLY) if bad else 0,
                allowed=landing.scope.allow_rejected,
            )
            examples = _rejected_examples(connection, landing.relation(table.name, "rejects")) if bad else []
        # After the guard: they are no rows of the source.
        reject_jobs(connection, landing, table, landed)
        record_checked(connection, landing, table.name)
    log.info("%s of company %s: %s rows typed, %s rejected", table.name, company, good, bad)
    columns = tuple(dict.fromkeys(example["column_name"] for example in examples))
    message = f"{result.message} Wrong columns: {', '.join(columns)}." if result.message else ""
    rejected = replace(result, examples=examples, columns=columns, message=message)
    return [rejected, *notes(connection, landing, table, landed, settings)]


def _guard_partitions(
    connection: psycopg.Connection, table: Table, landing: Landing, landed: LandedTable, settings: Settings
) -> tuple[CheckResult, list[dict[str, Any]]]:
    """Drop the rows of partitions that cannot be published: those that moved, and those that the guard holds back.

    Returns:
        What the guard says, and examples of rejected rows; those of partitions that it holds back come first.
    """
    rows, rejects = (landing.relation(table.name, kind) for kind in ("rows", "rejects"))
    relation = landing.relation(table.name, "partitions")
    partitions.forget_unstable(connection, relation, rows, rejects)
    bad = row_count(connection, rejects)
    runs.newly_rejected(connection, landing, table.name, _NEWLY)
    found = [
        guards.NewlyRejected(*row)
        for row in partitions.newly_rejected(connection, relation, _NEWLY, landing.scope.company_code)
    ]
    allowed = landing.scope.allow_rejected
    held = guards.held_back(found, landed.landed_rows, settings, everything=landing.scope.full_refresh)
    result = guards.rejected_partitions(
        table.name, landing.scope.company_code, landed.landed_rows, bad, held, settings, allowed=allowed
    )
    examples = _rejected_examples(connection, rejects, held) if bad else []
    if held and not allowed:
        named = [(one.job_number, one.partition_month, one.new_rows) for one in held]
        partitions.hold_back(connection, relation, rows, rejects, named)
    return result, examples


def _rejected_examples(
    connection: psycopg.Connection, rejects: str, first: Sequence[guards.NewlyRejected] = ()
) -> list[dict[str, Any]]:
    """Some rejected rows with their reasons: where nothing is published they are to be seen nowhere else.

    Args:
        connection: the warehouse.
        rejects: relation of the rejected rows.
        first: jobs and months whose rows come first.
    """
    rows = connection.execute(
        sql.SQL(
            "select row_key, job_number, partition_month, column_name, value, reason from {}"
            " order by (coalesce(job_number, ''), coalesce(partition_month, ''))"
            " in (select * from unnest(%s::text[], %s::text[])) desc limit 20"
        ).format(sql.Identifier(*rejects.split("."))),
        [[one.job_number for one in first], [one.partition_month for one in first]],
    ).fetchall()
    names = ("row_key", "job_number", "partition_month", "column_name", "value", "reason")
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not None or name != "partition_month"}
        for row in rows
    ]


def _stop_if_critical(obj: StagedObject, landing: Landing, results: dict[str, list[CheckResult]]) -> None:
    failed = [
        (f"{table}.{result.name}", result.in_words)
        for table, found in results.items()
        for result in found
        if result.status == "failed"
    ]
    warned = sum(result.status == "warned" for found in results.values() for result in found)
    passed = sum(result.status == "passed" for found in results.values() for result in found)
    log.info("%s: %s checks passed, %s warned, %s failed", obj.name, passed, warned, len(failed))
    if failed:
        raise StopSync(
            f"{len(failed)} critical checks are not met: {' | '.join(map(': '.join, failed))}",
            object=obj.name,
            company=landing.scope.company_code,
            remedy="nothing was published and yesterday's table is untouched; correct the data in Spectrum and trigger"
            " the DAG again. All results are in sync.checks",
            cause="checks not met",
            names=(name for name, _ in failed),
        )
