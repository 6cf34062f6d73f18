"""What became of the records of a run, and whether a person must look.

The ledger decides, not Airflow: a task may have failed whose record is linked, and a run may look well in which nothing
was sent. Airflow is only asked whether a task still works on a record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from spectrum_etl.exports.display.table import as_text
from spectrum_etl.exports.records import queue, why
from spectrum_etl.exports.records.locks import is_locked
from spectrum_etl.exports.records.queue import QueueRow
from spectrum_etl.exports.records.states import IN_FLIGHT
from spectrum_etl.model.record import RecordId
from spectrum_etl.model.run import Instance
from spectrum_etl.warehouse.connect import connect

#: Records that the message of a failed run names; the log and export.queue have all.
_MAX_NAMED = 20
_NOBODY_SENDS = "no task is sending it any more"
#: What Airflow calls a task instance that did not do what it should.
_LOST = frozenset({"failed", "upstream_failed"})


@dataclass(frozen=True)
class Tasks:
    """What has to be asked of Airflow.

    Args:
        still_waits: whether a task instance still waits for its approver, or works on the answer.
        any_sends: whether a task of another run of this export, by its id, still sends anything.
        states: states of the tasks that asked about, and sent, the record of this number in the run's own list.
    """

    still_waits: Callable[[Instance], bool]
    any_sends: Callable[[str], bool]
    states: Callable[[int], tuple[str | None, str | None]]


@dataclass
class Report:
    """What a run came to.

    Args:
        counts: how many records are in each state; of those that are ready, which are asked again.
        lines: record, state and reason of each that the run worked with.
        bad: what a person must look at, in words, each naming its record.
    """

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """Counts in words, e.g. `2 linked, 1 not ready, 1 asked again`."""
        return ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in self.counts.items()) or "no record"

    @property
    def table(self) -> str:
        """For the log."""
        return as_text(("record", "state", "reason"), self.lines) if self.lines else "no record"

    @property
    def problem(self) -> str:
        """Why the run failed, for its last line."""
        more = len(self.bad) - _MAX_NAMED
        named = "; ".join(self.bad[:_MAX_NAMED]) + (f"; and {more} more, see export.queue" if more > 0 else "")
        return f"{self.summary}. Needs attention: {named}"


def report(
    url: str, object_name: str, run: Instance, records: Sequence[Mapping[str, str]] | None, tasks: Tasks
) -> Report:
    """Judge every record of a run.

    Args:
        url: the warehouse.
        run: the task that reports.
        records: as `collect` returned them; None where it returned nothing, since it failed.
        tasks: what is asked of Airflow.
    """
    found = Report()
    places = {
        RecordId(item["company"], item["project"], item["record"]): place for place, item in enumerate(records or ())
    }
    with connect(url) as connection:
        connection.autocommit = True
        rows = queue.rows_of(connection, object_name, list(places))
        own = {row.id: row for row in queue.rows_of_run(connection, object_name, run.dag_id, run.run_id)}
        for row in {**own, **rows}.values():
            place = places.get(row.id)
            wrong = _wrong(connection, object_name, run, row, place, tasks)
            asked_again = row.state in ("ready", "waiting") and row.reason and not wrong
            found.counts["asked again" if asked_again else row.state] += 1
            if place is not None or wrong or (row.id not in rows and row.state != "not_ready"):
                found.lines.append((row.title, row.state, wrong or row.reason or row.broken_text or ""))
            if wrong:
                found.bad.append(f"{row.title} of company {row.id.company} is {row.state}: {wrong}")
    if records is None:
        found.bad.append("collect has failed, so nobody was asked: the end of its log says why")
    return found


def _wrong(
    connection: psycopg.Connection, object_name: str, run: Instance, row: QueueRow, place: int | None, tasks: Tasks
) -> str:
    """Why a person must look at a record; empty where nobody must."""
    if row.state == "failed":
        return row.reason or "the ledger says why"
    if row.state in IN_FLIGHT:
        elsewhere = row.run_id != run.run_id and tasks.any_sends(row.run_id)
        running = elsewhere or is_locked(connection, object_name, row.id)
        return "" if running else "; ".join(filter(None, (_NOBODY_SENDS, row.reason)))
    if row.state == "waiting":
        if row.asks is None or tasks.still_waits(row.asks):
            return ""
        freed = queue.release(connection, object_name, row, run.run_id)
        return _not_asked(connection, object_name, run, row) if freed else ""
    if row.state in ("ready", "queued") and place is not None:
        asked, sent = tasks.states(place)
        # A task that asks for another run to ask is a success, whichever of the two it is.
        if sent in _LOST or (asked in _LOST and sent != "success"):
            return _not_asked(connection, object_name, run, row)
    return ""


def _not_asked(connection: psycopg.Connection, object_name: str, run: Instance, row: QueueRow) -> str:
    """Say so in the queue as well, where the notifier and the page find it."""
    queue.note(connection, object_name, row.id, "ready", why.NOT_ASKED, run.run_id)
    return why.NOT_ASKED.in_words
