"""Reads and writes `export.queue`: the current state of every record. The one place that does.

Only `move` changes a state: along `states.TRANSITIONS`, comparing the old state, in the caller's transaction.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from spectrum_etl.errors import Reason, StopSync
from spectrum_etl.exports.records import why
from spectrum_etl.exports.records.states import COLLECTABLE, TRANSITIONS, State
from spectrum_etl.exports.spec import Broken, Candidate, RecordFilter
from spectrum_etl.model.record import RecordId
from spectrum_etl.model.run import Instance

_KEY = "object_name = %(object)s and company_code = %(company)s and project_id = %(project)s and record_id = %(record)s"
_ROWS = (
    "select company_code, project_id, record_id, title, state, fingerprint, broken_text, reason, remedy, cause,"
    " connection, subject, shown, attempt_id, run_id, asks_dag_id, asks_run_id, asks_task_id, asks_map_index"
    " from export.queue"
)
_MOVE = (
    f"update export.queue set state = %(new)s, run_id = %(run)s, {why.SET},"  # noqa: S608
    " asks_dag_id = %(asks_dag)s, asks_run_id = %(asks_run)s, asks_task_id = %(asks_task)s,"
    " asks_map_index = %(asks_map)s, fingerprint = coalesce(%(fingerprint)s, fingerprint),"
    " shown = coalesce(%(shown)s, shown), broken = %(broken)s, broken_text = %(text)s,"
    " attempt_id = coalesce(%(attempt)s, attempt_id), changed_at = clock_timestamp()"
    f" where {_KEY} and state = %(old)s"
)
_LONGEST_WAIT_FIRST = "order by first_seen_at, project_id, record_id"

log = logging.getLogger(__name__)


class Moved(StopSync):
    """The record, or a call, is no longer in the state that this change starts from: somebody else was faster."""


@dataclass(frozen=True)
class QueueRow:
    """One row of the queue; the comments of `export.queue` say what each field means."""

    id: RecordId
    title: str
    state: State
    fingerprint: str
    broken_text: str | None
    why: Reason | None
    shown: Mapping[str, Any] | None
    attempt_id: int | None
    run_id: str
    asks: Instance | None

    @property
    def reason(self) -> str | None:
        """Why it is in this state and what to do, in words."""
        return self.why.in_words if self.why else None

    @property
    def is_at_fault(self) -> bool:
        """Whether something is wrong with it, rather than with the one who was to ask about it."""
        return self.why is not None and self.why.cause not in (why.UNANSWERED.cause, why.NOT_ASKED.cause)


@dataclass(frozen=True)
class CheckedRecord:
    """What a run found of one record.

    Args:
        candidate: the record.
        broken: every rule it breaks.
        old: the state it was in; None where it is new.
    """

    candidate: Candidate
    broken: Sequence[Broken]
    old: State | None


def key_of(object_name: str, id: RecordId) -> dict[str, str]:
    """A record's key as the parameters of a statement."""
    return {"object": object_name, "company": id.company, "project": id.project, "record": id.record}


def find(connection: psycopg.Connection, object_name: str, id: RecordId) -> QueueRow | None:
    """A record's row, or None."""
    found = connection.execute(f"{_ROWS} where {_KEY}", key_of(object_name, id)).fetchone()
    return _row(found) if found else None


def rows(
    connection: psycopg.Connection, object_name: str, company: str, states: Iterable[State], only: RecordFilter
) -> list[QueueRow]:
    """The rows in these states, among those that the filter names; who waits longest comes first."""
    found = connection.execute(
        f"{_ROWS} where object_name = %(object)s and company_code = %(company)s"
        f" and state = any(%(states)s) and {_IN_SCOPE} {_LONGEST_WAIT_FIRST}",
        {"object": object_name, "company": company, "states": list(states), **_as_parameters(only)},
    )
    return [_row(row) for row in found]


def rows_of(connection: psycopg.Connection, object_name: str, ids: Sequence[RecordId]) -> dict[RecordId, QueueRow]:
    """The rows of these records; those that have none are left out."""
    # Each by its key: joined, they would be compared with every row as long as the table has no statistics.
    found = connection.execute(
        "select q.*"  # noqa: S608
        " from unnest(%(companies)s::text[], %(projects)s::text[], %(records)s::text[])"
        f" as w (company, project, record) cross join lateral ({_ROWS} where object_name = %(object)s"
        " and company_code = w.company and project_id = w.project and record_id = w.record offset 0) as q",
        {
            "object": object_name,
            "companies": [id.company for id in ids],
            "projects": [id.project for id in ids],
            "records": [id.record for id in ids],
        },
    )
    return {row.id: row for row in map(_row, found)}


def rows_of_run(connection: psycopg.Connection, object_name: str, dag_id: str, run_id: str) -> list[QueueRow]:
    """The rows that an Airflow run changed last, and those of the records that were answered in it."""
    found = connection.execute(
        f"{_ROWS} as q where object_name = %(object)s and (run_id = %(run)s or exists (select from export.ledger as l"
        " where l.dag_id = %(dag)s and l.run_id = %(run)s and l.object_name = q.object_name"
        " and l.company_code = q.company_code and l.project_id = q.project_id and l.record_id = q.record_id))"
        f" {_LONGEST_WAIT_FIRST}",
        {"object": object_name, "dag": dag_id, "run": run_id},
    )
    return [_row(row) for row in found]


def store(connection: psycopg.Connection, object_name: str, findings: Iterable[CheckedRecord], run_id: str) -> int:
    """Write what a run found: ready, or not ready with every rule that is broken. Who was faster wins.

    Returns:
        How many rows were written; those that another run has moved on since stay as they are.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into export.queue as q (object_name, company_code, project_id, record_id, title, project_name,"  # noqa: S608
            " state, fingerprint, broken, broken_text, run_id) values (%(object)s, %(company)s, %(project)s,"
            " %(record)s, %(title)s, %(name)s, %(new)s, %(fingerprint)s, %(broken)s, %(text)s, %(run)s)"
            " on conflict (object_name, company_code, project_id, record_id) do update set title = excluded.title,"
            " project_name = coalesce(excluded.project_name, q.project_name),"
            " state = excluded.state, fingerprint = excluded.fingerprint, broken = excluded.broken,"
            " broken_text = excluded.broken_text, run_id = excluded.run_id, seen_at = clock_timestamp(),"
            # Why somebody is asked again is shown until they are; what ended the record before is over.
            f" {why.KEEP_WHERE_COLLECTABLE},"
            " changed_at = case when q.state = excluded.state then q.changed_at else clock_timestamp() end"
            " where q.state = %(old)s",
            [_finding(object_name, finding, run_id) for finding in findings],
        )
        return max(cursor.rowcount, 0)


def move(
    connection: psycopg.Connection,
    object_name: str,
    id: RecordId,
    old: State,
    new: State,
    run_id: str,
    *,
    reason: Reason | str | None = None,
    asks: Instance | None = None,
    fingerprint: str | None = None,
    shown: Mapping[str, Any] | None = None,
    broken: Sequence[Broken] = (),
    attempt_id: int | None = None,
) -> None:
    """Change a record's state, in the caller's transaction.

    Args:
        old: the state it must be in.
        run_id: who changes it.
        reason: why, for people; words alone where nothing else is to be said. Replaces an earlier one.
        asks: who waits for the approver; needed for `waiting`, and gone with it.
        fingerprint, shown, attempt_id: kept as they are where none is given.

    Raises:
        Moved: it is not in the old state.
        ValueError: there is no such way.
    """
    if new not in TRANSITIONS[old]:
        raise ValueError(f"a record cannot go from {old} to {new}")
    done = connection.execute(
        _MOVE,
        {
            **key_of(object_name, id),
            "old": old,
            "new": new,
            **why.parameters(reason),
            "run": run_id,
            **_asks(asks),
            "fingerprint": fingerprint,
            "shown": None if shown is None else json.dumps(shown),
            "attempt": attempt_id,
            **_broken(broken),
        },
    )
    if done.rowcount != 1:
        raise Moved(
            f"the record is no longer {old}; it was not set to {new}",
            object=object_name,
            company=id.company,
            record=id.record,
            remedy="look at its row in export.queue: another run, or another answer, was faster",
        )


def release(connection: psycopg.Connection, object_name: str, row: QueueRow, run_id: str) -> bool:
    """Release a record whose task instance no longer waits: it died, was failed or marked by hand, or was deleted.

    Args:
        row: as it was found, waiting.
        run_id: the Airflow run that releases it.

    Returns:
        Whether it was released; not if it was answered in the meantime.
    """
    try:
        move(connection, object_name, row.id, "waiting", "ready", run_id, reason=why.UNANSWERED)
    except Moved:
        log.info("%s: %s was answered just now", object_name, row.title)
        return False
    return True


def note(
    connection: psycopg.Connection, object_name: str, id: RecordId, state: State, reason: Reason | str, run_id: str
) -> None:
    """Say why a record stays in a state, and in which run; nothing where it has left it."""
    connection.execute(
        f"update export.queue set {why.SET}, run_id = %(run)s where {_KEY} and state = %(state)s",  # noqa: S608
        {**key_of(object_name, id), **why.parameters(reason), "state": state, "run": run_id},
    )


def remove(connection: psycopg.Connection, object_name: str, id: RecordId, old: State) -> None:
    """Take a record out of the queue.

    Raises:
        Moved: it is not in the old state.
    """
    done = connection.execute(
        f"delete from export.queue where {_KEY} and state = %(old)s",  # noqa: S608
        {**key_of(object_name, id), "old": old},
    )
    if done.rowcount != 1:
        raise Moved(
            f"the record is no longer {old}; it was not taken out of the queue",
            object=object_name, company=id.company, record=id.record,
            remedy="look at its row in export.queue: another run was faster",
        )  # fmt: skip


def remove_unseen(
    connection: psycopg.Connection,
    object_name: str,
    company: str,
    since: datetime,
    only: RecordFilter,
    unread: Sequence[str] = (),
) -> int:
    """Take out what a complete look at Procore, begun at `since`, no longer found; how many.

    Args:
        unread: projects that could not be looked at: their records stay.
    """
    values = {"object": object_name, "company": company, "states": list(COLLECTABLE), "since": since}
    return connection.execute(
        "delete from export.queue where object_name = %(object)s and company_code = %(company)s"  # noqa: S608
        " and state = any(%(states)s) and seen_at < %(since)s and project_id <> all(%(unread)s::text[])"
        f" and {_IN_SCOPE}",
        {**values, "unread": list(unread), **_as_parameters(only)},
    ).rowcount


def choose(
    connection: psycopg.Connection,
    object_name: str,
    company: str,
    since: datetime,
    only: RecordFilter,
    limit: int,
    run_id: str,
) -> tuple[list[QueueRow], int]:
    """Which of the ready records this run asks about: those that wait longest. The others are queued.

    Args:
        since: only records that were collected since then.
        only: the records that it names: another run may be collecting others at the same time.
        limit: at most so many.

    Returns:
        The chosen ones, and how many are left for the next run.
    """
    values = {"object": object_name, "company": company, "since": since, "limit": limit, "run": run_id}
    values |= _as_parameters(only)
    connection.execute(
        "update export.queue as q set state = chosen.state, run_id = %(run)s,"  # noqa: S608
        " changed_at = case when q.state = chosen.state then q.changed_at else clock_timestamp() end"
        " from (select object_name, company_code, project_id, record_id, case when row_number() over"
        " (order by first_seen_at, project_id, record_id) <= %(limit)s then 'ready' else 'queued' end as state"
        " from export.queue where object_name = %(object)s and company_code = %(company)s"
        f" and state in ('ready', 'queued') and seen_at >= %(since)s and {_IN_SCOPE}) as chosen"
        " where q.object_name = chosen.object_name and q.company_code = chosen.company_code"
        " and q.project_id = chosen.project_id and q.record_id = chosen.record_id and q.state in ('ready', 'queued')",
        values,
    )
    found = connection.execute(
        f"{_ROWS} where object_name = %(object)s and company_code = %(company)s"
        f" and state in ('ready', 'queued') and seen_at >= %(since)s and {_IN_SCOPE} {_LONGEST_WAIT_FIRST}",
        values,
    )
    chosen = [_row(row) for row in found]
    return chosen[:limit], len(chosen[limit:])


_IN_SCOPE = (
    "(cardinality(%(projects)s::text[]) = 0 or project_id = any(%(projects)s))"
    " and (cardinality(%(records)s::text[]) = 0 or record_id = any(%(records)s))"
)


def _as_parameters(only: RecordFilter) -> dict[str, list[str]]:
    return {"projects": list(only.projects), "records": list(only.records)}


def _asks(asks: Instance | None) -> dict[str, str | int | None]:
    return {
        "asks_dag": asks.dag_id if asks else None,
        "asks_run": asks.run_id if asks else None,
        "asks_task": asks.task_id if asks else None,
        "asks_map": asks.map_index if asks else None,
    }


def _broken(broken: Sequence[Broken]) -> dict[str, str | None]:
    return {
        "broken": json.dumps([vars(rule) for rule in broken]),
        "text": "\n".join(f"{b.rule}: {b.message}. What to do: {b.fix}." for b in broken) or None,
    }


def _finding(object_name: str, finding: CheckedRecord, run_id: str) -> dict[str, Any]:
    candidate = finding.candidate
    new: State = "not_ready" if finding.broken else "ready"
    if finding.old not in (None, new) and new not in TRANSITIONS[finding.old]:
        raise ValueError(f"a record cannot go from {finding.old} to {new}")
    return {
        **key_of(object_name, candidate.id),
        "title": candidate.title,
        "name": candidate.project_name or None,
        "fingerprint": candidate.fingerprint,
        "old": finding.old or new,
        "new": new,
        "run": run_id,
        "kept": list(COLLECTABLE),
        **_broken(finding.broken),
    }


def _row(row: Sequence[Any]) -> QueueRow:
    company, project, record, title, state, fingerprint, broken, *rest = row
    reason, (shown, attempt, run_id, *asks) = why.of_row(rest)
    waits = Instance(*asks) if asks[1] is not None else None
    id = RecordId(company, project, record)
    return QueueRow(id, title, state, fingerprint, broken, reason, shown, attempt, run_id, waits)
