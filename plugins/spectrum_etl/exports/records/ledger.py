"""Reads and writes `export.ledger` and `export.calls`: what was decided, sent and answered. The one place that does.

Nothing is ever deleted here, and a finished attempt is opened again only by `reopen`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg

from spectrum_etl.errors import StopSync
from spectrum_etl.exports.document import Call, Document, digest
from spectrum_etl.exports.records.queue import Moved, key_of
from spectrum_etl.exports.records.states import State
from spectrum_etl.exports.spec import Candidate
from spectrum_etl.model.run import Instance

_CALLS = (
    "select call_number, service, key, fields, adds, state, tries, held_before, intent_at from export.calls"
    " where attempt_id = %s"
)
_INSERT_ANSWER = (
    "insert into export.ledger (object_name, company_code, project_id, record_id, title, decision, answers,"
    " answered_by, answered_by_name, answered_at, fingerprint, content, spectrum_key, payload, payload_hash,"
    " state, reason, finished_at, dag_id, run_id, task_id, map_index) values (%(object)s, %(company)s,"
    " %(project)s, %(record)s, %(title)s, %(decision)s, %(answers)s, %(by)s, %(name)s, %(at)s,"
    " %(fingerprint)s, %(content)s, %(key)s, %(payload)s, %(hash)s, %(state)s, %(reason)s,"
    " case when %(ends)s then clock_timestamp() end, %(dag)s, %(run)s, %(task)s, %(map)s)"
    " returning attempt_id"
)

CallState = Literal["pending", "sending", "unknown", "sent", "refused"]
Decision = Literal["accept", "reject", "retrieve"]


@dataclass(frozen=True)
class Response:
    """How an approver answered.

    Args:
        decision: what they chose.
        answers: the form, by field.
        user_id: who, as Airflow's auth manager knows them; empty where nobody is named.
        user_name: their name.
        at: when, zone-aware.
    """

    decision: Decision
    answers: Mapping[str, str]
    user_id: str
    user_name: str
    at: datetime


@dataclass(frozen=True)
class SentCall:
    """One call of an attempt, as the ledger has it.

    Args:
        number: its place, from 1.
        call: what is sent.
        state: as the comment of `export.calls.state` says.
        tries: how often it was begun and may have been executed.
        held_before: what Spectrum held before it was last begun.
        intent_at: when that was.
    """

    number: int
    call: Call
    state: CallState
    tries: int
    held_before: Mapping[str, str] | None
    intent_at: datetime | None


@dataclass(frozen=True)
class Attempt:
    """One accepted attempt and its calls.

    Args:
        attempt_id: its number.
        state: what it has come to.
        answered_by, answered_by_name, answered_at: user id and name of who accepted it, and when.
        answers: the form.
        fingerprint, content: what Procore held when it was accepted.
        document: what was accepted; nothing else is sent.
        payload_hash: its hash then.
        calls: in the order they are sent.
    """

    attempt_id: int
    state: State
    answered_by: str
    answered_by_name: str
    answered_at: datetime
    answers: Mapping[str, str]
    fingerprint: str
    content: Mapping[str, Any]
    document: Document
    payload_hash: str
    calls: tuple[SentCall, ...]

    @property
    def untouched(self) -> bool:
        """Whether Spectrum has surely seen nothing of it."""
        return all(call.state == "pending" and not call.tries for call in self.calls)

    @property
    def is_what_was_approved(self) -> bool:
        """Whether payload and calls are those that were accepted."""
        calls = tuple(sent.call for sent in self.calls)
        return digest(self.document.as_json()) == self.payload_hash and calls == self.document.calls


def record_answer(
    connection: psycopg.Connection,
    object_name: str,
    candidate: Candidate,
    response: Response,
    instance: Instance,
    state: State,
    *,
    document: Document | None = None,
    reason: str | None = None,
) -> int:
    """Write one answer and, where it was accepted, the calls that it allows; in the caller's transaction.

    Args:
        state: `sending` opens the attempt, with a document; every other one is where it ends.

    Returns:
        The attempt's number.
    """
    row = connection.execute(
        _INSERT_ANSWER,
        {
            **key_of(object_name, candidate.id),
            "title": candidate.title,
            "decision": response.decision,
            "answers": json.dumps(dict(response.answers)),
            "by": response.user_id,
            "name": response.user_name,
            "at": response.at,
            "fingerprint": candidate.fingerprint,
            "content": json.dumps(candidate.content),
            "key": document.key if document else None,
            "payload": json.dumps(document.as_json()) if document else None,
            "hash": document.payload_hash if document else None,
            "state": state,
            "ends": state != "sending",
            "reason": reason,
            "dag": instance.dag_id,
            "run": instance.run_id,
            "task": instance.task_id,
            "map": instance.map_index,
        },
    ).fetchone()
    assert row is not None
    attempt_id: int = row[0]
    if document:
        _insert_calls(connection, attempt_id, document)
    return attempt_id


def _insert_calls(connection: psycopg.Connection, attempt_id: int, document: Document) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into export.calls (attempt_id, call_number, service, key, fields, adds)"
            " values (%s, %s, %s, %s, %s, %s)",
            [
                (attempt_id, number, c.service, json.dumps(dict(c.key)), json.dumps(dict(c.fields)), c.adds)
                for number, c in enumerate(document.calls, start=1)
            ],
        )


def attempt(connection: psycopg.Connection, attempt_id: int) -> Attempt:
    """An accepted attempt.

    Raises:
        StopSync: it was not accepted, so it has nothing to send.
    """
    row = connection.execute(
        "select attempt_id, state, answered_by, answered_by_name, answered_at, answers, fingerprint, content, payload,"
        " payload_hash from export.ledger where attempt_id = %s and payload is not null",
        [attempt_id],
    ).fetchone()
    if row is None:
        raise StopSync(
            f"attempt {attempt_id} of the ledger has nothing to send",
            remedy="report it with the rows of export.queue and export.ledger",
        )
    number, state, by, by_name, at, answers, fingerprint, content, payload, payload_hash = row
    document, sent = Document.from_json(payload), calls(connection, attempt_id)
    return Attempt(number, state, by, by_name, at, answers, fingerprint, content, document, payload_hash, sent)


def calls(connection: psycopg.Connection, attempt_id: int) -> tuple[SentCall, ...]:
    """The calls of an attempt as they are now, in the order they are sent."""
    return tuple(map(_call, connection.execute(f"{_CALLS} order by call_number", [attempt_id])))


def is_untouched(connection: psycopg.Connection, attempt_id: int) -> bool:
    """Whether Spectrum has surely seen nothing of an attempt, as it is now; or refused all that it has seen."""
    row = connection.execute(
        "select not exists (select from export.calls where attempt_id = %s"
        " and (state in ('sending', 'unknown', 'sent') or tries > 0))",
        [attempt_id],
    ).fetchone()
    return row == (True,)


def call(connection: psycopg.Connection, attempt_id: int, number: int) -> SentCall:
    """One call of an attempt as it is now."""
    row = connection.execute(f"{_CALLS} and call_number = %s", [attempt_id, number]).fetchone()
    assert row is not None
    return _call(row)


def last_answers(connection: psycopg.Connection, attempt_id: int | None) -> dict[str, str]:
    """What was answered the last time, for the proposals of a question that is asked again; else nothing."""
    row = connection.execute(
        "select answers from export.ledger where attempt_id = %s and decision = 'accept' and state = 'ready'",
        [attempt_id],
    ).fetchone()
    return row[0] if row else {}


def begin(
    connection: psycopg.Connection, attempt_id: int, sent: SentCall, current: Mapping[str, str] | None, at: datetime
) -> None:
    """Write the intent of a call; the caller commits before it calls.

    Raises:
        Moved: somebody else has begun it.
    """
    done = connection.execute(
        "update export.calls set state = 'sending', tries = tries + 1, held_before = %s, intent_at = %s, answer = null,"
        " note = null, answered_at = null where attempt_id = %s and call_number = %s and state = 'pending'"
        " and tries = %s",
        [None if current is None else json.dumps(dict(current)), at, attempt_id, sent.number, sent.tries],
    )
    _once(done, attempt_id, sent.number, "begun")


def settle(
    connection: psycopg.Connection,
    attempt_id: int,
    number: int,
    old: CallState,
    new: CallState,
    answer: str,
    *,
    not_executed: bool = False,
    note: str | None = None,
) -> None:
    """Write how a call came out.

    Args:
        old: the state it must be in.
        answer: what Spectrum said, or how it was found out.
        not_executed: it surely was not executed: the try does not count.
        note: what of the answer is worth telling, empty where nothing is; the whole answer where none is given.

    Raises:
        Moved: it is not in the old state.
    """
    done = connection.execute(
        "update export.calls set state = %(new)s, answer = %(answer)s, note = %(note)s,"
        " answered_at = clock_timestamp(), tries = tries - %(less)s"
        " where attempt_id = %(attempt)s and call_number = %(number)s and state = %(old)s",
        {
            "new": new,
            "answer": answer,
            "note": (answer if note is None else note) or None,
            "less": int(not_executed),
            "attempt": attempt_id,
            "number": number,
            "old": old,
        },
    )
    _once(done, attempt_id, number, new)


def advance(connection: psycopg.Connection, attempt_id: int, state: State, reason: str | None, *, ends: bool) -> None:
    """Write what an attempt has come to, in the transaction that moves the queue's row.

    Args:
        ends: whether nothing more comes of it.
    """
    connection.execute(
        "update export.ledger set state = %s, reason = %s, finished_at = case when %s then clock_timestamp() end"
        " where attempt_id = %s",
        [state, reason, ends, attempt_id],
    )


def reopen(connection: psycopg.Connection, attempt_id: int, confirmed_absent: Sequence[int]) -> None:
    """Go on with a failed attempt, of which Spectrum holds a part; in the caller's transaction.

    Args:
        confirmed_absent: numbers of the calls that a person confirms were not executed. Those that Spectrum refused
            need nobody.
    """
    connection.execute(
        "update export.ledger set state = 'sending', reason = null, finished_at = null where attempt_id = %s",
        [attempt_id],
    )
    connection.execute(
        # A refused call keeps the tries before it: one of them, lost, may have been executed late.
        "update export.calls set state = 'pending',"
        " tries = case when call_number = any(%(absent)s) then 0 else tries end"
        " where attempt_id = %(attempt)s and (state = 'refused' or call_number = any(%(absent)s))",
        {"attempt": attempt_id, "absent": list(confirmed_absent)},
    )


def _once(done: psycopg.Cursor, attempt_id: int, number: int, what: str) -> None:
    if done.rowcount != 1:
        raise Moved(
            f"call {number} of attempt {attempt_id} could not be set to {what}: somebody else works on it",
            remedy="nothing was sent twice; run the export again when the other task has ended",
        )


def _call(row: Sequence[Any]) -> SentCall:
    number, service, key, fields, adds, *rest = row
    return SentCall(number, Call(service, key, fields, adds), *rest)
