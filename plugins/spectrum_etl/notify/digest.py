"""The daily digest: approvals that wait, rejected rows, objects that are out of date. Used by `digest_dag`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import dict_row

from spectrum_etl.notify.message import Message, shortened
from spectrum_etl.settings import OBJECT_NAMES, Settings, schedule_name
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate
from spectrum_etl.warehouse.templates import render

Rows = list[dict[str, Any]]

MOST_LINES = 30
_HOURS = {"hourly": 1, "2h": 2, "4h": 4, "daily": 24}
_WORDS = {
    "waiting": "waiting for an approver's answer",
    "ready": "ready: the next run of the export asks",
    "unknown": "sent, with the answer lost; the export looks it up",
    "failed": "failed; export.queue has the reasons",
}


@dataclass(frozen=True)
class State:
    """What there is to tell.

    Args:
        approvals: records of the export queue that wait for somebody, by object, company and state.
        rejected: rows that are rejected now, by table and company.
        freshness: when each object of a company was last read, and the warehouse's clock.
    """

    approvals: Rows
    rejected: Rows
    freshness: Rows


def read_state(url: str) -> State:
    """Read it from the warehouse.

    Raises:
        SpectrumEtlError: the warehouse cannot be asked.
    """
    with connect(url) as connection:
        connection.autocommit = True
        migrate(connection)
        with connection.cursor(row_factory=dict_row) as cursor:
            return State(
                *(cursor.execute(render(f"notify/{n}.sql")).fetchall() for n in ("approvals", "rejected", "freshness"))
            )


def stale_lines(freshness: Rows, settings: Settings, override: str | dict[str, Any] | None) -> list[str]:
    """One line an object and company whose last good sync is too old for its schedule.

    Args:
        freshness: as in `State`; a company without any row has never been synced, and is not waited for.
        settings: schedules, companies, and after how many intervals an object is stale.
        override: the Airflow Variable `spectrum_schedules`.
    """
    known = {(row["object_name"], row["company_code"]): row for row in freshness}
    lines = []
    for company in settings.companies:
        if not any(code == company.code for _, code in known):
            continue
        for name in OBJECT_NAMES:
            schedule = schedule_name(name, settings, override)
            if schedule == "never":
                continue
            allowed = timedelta(hours=_HOURS[schedule] * settings.notifications.stale_after_intervals)
            row = known.get((name, company.code))
            read_at: datetime | None = row["last_read_at"] if row else None
            if row is None or read_at is None:
                lines.append(f"{name} of company {company.code}: never staged whole, though scheduled {schedule}")
            elif row["now"] - read_at > allowed:
                lines.append(
                    f"{name} of company {company.code}: last read {read_at:%Y-%m-%d %H:%M} UTC,"
                    f" {_hours(row['now'] - read_at)} ago, though scheduled {schedule}"
                )
    return lines


def stale_message(lines: list[str]) -> Message | None:
    """What is told of objects that are out of date; None where there are none."""
    if not lines:
        return None
    remedy = (
        "look in Airflow whether their stage_* DAGs are paused, fail or wait; marts.freshness has how the last sync of"
        " each ended"
    )
    title = f"{len(lines)} objects are out of date"
    return Message(("stale_data",), title, shortened(lines, MOST_LINES, "marts.freshness"), remedy)


def digest_message(state: State, stale: list[str]) -> Message | None:
    """The digest; None where nothing waits for anybody.

    Args:
        state: what there is to tell.
        stale: what `stale_lines` gives.
    """
    approvals = [
        f"export of {row['object_name']}, company {row['company_code']}: {row['records']} {_WORDS[row['state']]}"
        f" (since {row['since']:%Y-%m-%d})"
        for row in state.approvals
    ]
    rejected = [
        f"{row['table_name']} of company {row['company_code']}: {row['rejected']} rows rejected (since"
        f" {row['since']:%Y-%m-%d}), most of them because: {row['reason']}"
        for row in state.rejected
    ]
    lines: list[str] = []
    for heading, part in (("Approvals", approvals), ("Rejected rows", rejected), ("Out of date", stale)):
        if part:
            lines += [f"{heading}:", *(f"- {line}" for line in part)]
    if not lines:
        return None
    records = sum(row["records"] for row in state.approvals)
    rows = sum(row["rejected"] for row in state.rejected)
    title = f"Daily digest: {records} exports wait, {rows} rows are rejected, {len(stale)} objects are out of date"
    remedy = (
        "answer what waits on the page ERP Integrations or in Airflow's required actions; correct rejected rows in"
        " Spectrum, the next sync takes them"
    )
    return Message(("digest",), title, shortened(lines, MOST_LINES, "the page ERP Integrations shows all"), remedy)


def _hours(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours} hours" if hours < 72 else f"{hours // 24} days"
