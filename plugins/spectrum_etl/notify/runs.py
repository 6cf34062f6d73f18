"""What there is to tell of one run, by what the run wrote into `sync`. Used by `callbacks`.

One message a run. What lasts is told once: rows that were rejected before and differences that were known are not told
again every hour; the daily digest and the page show them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from spectrum_etl.notify.message import Message, run_link, shortened
from spectrum_etl.operation_settings import Event
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.templates import render

Rows = list[dict[str, Any]]

MOST_LINES = 20
_READ_THE_LOG = "open the run in Airflow: the failed task's log ends with what is wrong and what to do"
_REMEDIES: dict[Event, str] = {
    "failure": _READ_THE_LOG,
    "volume": "look whether Spectrum really lost or gained so many rows; they are published, and history keeps the old"
    " ones",
    "drift": "compare the columns with the mapping in the documentation; check_connections lists all differences with"
    " what each affects",
    "partial_success": "correct the rejected rows in Spectrum (sync.rejected_rows has each one's reason); the next sync"
    " takes them, and those it deferred, by itself",
}


@dataclass(frozen=True)
class Facts:
    """What `sync` holds about one run; empty lists where the warehouse could not be asked."""

    runs: Rows = field(default_factory=list)
    volume: Rows = field(default_factory=list)
    drift: Rows = field(default_factory=list)
    verification: Rows = field(default_factory=list)
    connections: Rows = field(default_factory=list)


def facts_of(url: str, dag_id: str, run_id: str) -> Facts:
    """Read what a run left in the warehouse.

    Args:
        url: the warehouse.
        dag_id: its DAG.
        run_id: the Airflow run.

    Raises:
        SpectrumEtlError: the warehouse cannot be asked.
    """
    values = {"dag_id": dag_id, "run_id": run_id}
    with connect(url) as connection, connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("select to_regclass('sync.connections') is not null as there")
        if not (cursor.fetchone() or {}).get("there"):
            return Facts()
        found = {name: _rows(cursor, name, values) for name in ("runs", "volume", "drift")}
        if dag_id == "verify_staging":
            found["verification"] = _rows(cursor, "verification", values)
        if dag_id == "check_connections":
            found["connections"] = _rows(cursor, "connections", values)
    return Facts(**found)


def _rows(cursor: psycopg.Cursor[dict[str, Any]], name: str, values: dict[str, str]) -> Rows:
    return cursor.execute(render(f"notify/{name}.sql"), values).fetchall()


def message_of(dag_id: str, run_id: str, facts: Facts, *, failed: bool, reason: str = "") -> Message | None:
    """What is told of a run that has ended; None where it went as it should.

    Args:
        dag_id: its DAG.
        run_id: the Airflow run.
        facts: what it left in the warehouse.
        failed: whether Airflow calls it failed.
        reason: Airflow's own words for that.
    """
    partial = [row for row in facts.runs if row["newly_rejected"] or row["deferred_rows"]]
    happened: list[Event] = ["failure"] if failed else []
    happened += ["volume"] if facts.volume else []
    happened += ["drift"] if facts.drift else []
    happened += ["partial_success"] if partial else []
    if not happened:
        return None
    lines = [_line(row) for row in facts.runs if failed or row in partial]
    lines += [f"{row['table_name']} of company {row['company_code']}: {row['message']}" for row in facts.volume]
    lines += [
        f"{row['table_name']} of company {row['company_code']}: {row['change']} column {row['column_name']} of"
        f" {row['source_name']}: {row['detail']}"
        for row in facts.drift
    ]
    lines += [row["message"] for row in facts.verification]
    lines += [
        f"company {row['company_code']}, {row['kind']} ({row['connection']}): {row['cause']}: {row['reason']}. What to"
        f" do: {row['remedy']}"
        for row in facts.connections
    ]
    if failed and not lines:
        lines = [f"Airflow says: {reason or 'a task failed'}"]
    title = f"{_subject(dag_id, facts)}: {_TITLES[happened[0]]}"
    where = "sync.runs, sync.checks and sync.drift have all of it"
    return Message(
        tuple(happened), title, shortened(lines, MOST_LINES, where), _REMEDIES[happened[0]], run_link(dag_id, run_id)
    )


_TITLES: dict[Event, str] = {
    "failure": "the run failed",
    "volume": "a row count is out of the ordinary",
    "drift": "Spectrum's columns have changed",
    "partial_success": "published, but not every row",
}


def _subject(dag_id: str, facts: Facts) -> str:
    companies = sorted({row["company_code"] for row in (*facts.runs, *facts.connections, *facts.verification)})
    of = f" of company {', '.join(companies)}" if companies else ""
    return f"{dag_id}{of}"


def _line(row: dict[str, Any]) -> str:
    line = (
        f"{row['table_name']} of company {row['company_code']}: {row['state']}; {row['new_rows']} new,"
        f" {row['changed_rows']} changed, {row['deleted_rows']} deleted, {row['rejected_rows']} rejected"
        f" ({row['newly_rejected']} of them new), {row['deferred_rows']} deferred"
    )
    return f"{line}. {row['message']}" if row["message"] else line
