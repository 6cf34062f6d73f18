"""Sends one accepted record to Spectrum, exactly once as far as a ledger can make it.

It reads nothing but the ledger: neither XCom nor what Airflow says of the approval. The intent of every call is
committed before it; whatever is not known afterwards is looked up. It may be killed anywhere and called again. What
would end the same however often it is tried ends as failed, for a person to look: no record is left without a way on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn

import psycopg

from spectrum_etl.errors import FixRecord, Reason, RetryLater, SpectrumEtlError, StopSync
from spectrum_etl.exports.display.shown import changed_since
from spectrum_etl.exports.records import claiming, continuity, ledger, queue, why
from spectrum_etl.exports.records.ledger import Attempt, SentCall
from spectrum_etl.exports.records.locks import record_lock
from spectrum_etl.exports.records.queue import Instance, Row
from spectrum_etl.exports.records.states import IN_FLIGHT, State
from spectrum_etl.exports.spec import Broken, Call, ExportObject
from spectrum_etl.exports.spectrum import compare
from spectrum_etl.exports.spectrum.compare import Held
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.exports.steps import apply_rules as check
from spectrum_etl.exports.systems import Systems
from spectrum_etl.links import claims
from spectrum_etl.links import pairs as links
from spectrum_etl.model.record import RecordId
from spectrum_etl.settings import Settings
from spectrum_etl.sources.faults import OutcomeUnknown, Refused
from spectrum_etl.warehouse.connect import connect

log = logging.getLogger(__name__)

#: Added to the server's time limit: clocks, and the way of the last packet.
SETTLE_MARGIN = timedelta(seconds=30)
#: Changes that a reason names.
_MOST_CHANGES = 5
_SOMEBODY_DECIDES = "take it out there, link it by hand, or export the record under another key"


class Unsettled(RetryLater):
    """The answer of a call was lost, and the call may still be running. Call again after `until`."""

    until: datetime


@dataclass(frozen=True)
class Outcome:
    """What became of a record.

    Args:
        state: the state it is in now; None where it is in the queue no more.
        reason: why, in words; may be empty.
        ask_again: whether somebody has to be asked anew.
    """

    state: State | None
    reason: str = ""
    ask_again: bool = False


class _Ended(Exception):
    """A way out, no error: the attempt is over, and its outcome committed."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


def asked_in_vain(systems: Systems, obj: ExportObject, id: RecordId, approval: Instance, run_id: str) -> bool:
    """Free a record whose approval has ended without an answer that reached the ledger.

    Args:
        approval: the task instance that asked, and that has ended.
        run_id: the Airflow run that finds this out.

    Returns:
        Whether somebody has to be asked anew.
    """
    with connect(systems.url) as connection:
        connection.autocommit = True
        row = queue.find(connection, obj.name, id)
        if row is None:
            return False
        if row.state == "waiting" and row.asks is not None and row.asks.place == approval.place:
            return queue.let_go(connection, obj.name, row, run_id)
        # Another run, which collects, has found it out before, and may not be the one that asks: a dry run asks nobody.
        return row.state == "ready" and row.why is not None and row.why.cause == why.LET_GO.cause


def send_record(systems: Systems, obj: ExportObject, id: RecordId, run_id: str) -> Outcome:
    """Send what was accepted of a record, confirm it by reading it back, and link it.

    Args:
        run_id: the Airflow run that sends, for the queue.

    Returns:
        What became of it. Where nothing was accepted, or another task sends it, that is said and nothing is done.

    Raises:
        Unsettled: wait until its `until`, then call again.
        SpectrumEtlError: something that is not about the record stands in the way (a system that is down, a setting, a
            login); nothing is lost, and calling again goes on from here.
    """
    with record_lock(systems.url, obj.name, id) as lock, connect(systems.url) as connection:
        connection.autocommit = True
        row = queue.find(connection, obj.name, id)
        if row is None or row.state not in IN_FLIGHT or row.attempt_id is None:
            return Outcome(row.state if row else None, (row and row.reason) or "nothing of it was accepted")
        if lock is None:
            return Outcome(row.state, "another task is sending it")
        try:
            attempt = ledger.attempt(connection, row.attempt_id)
        except StopSync as error:
            with connection.transaction():
                queue.move(connection, obj.name, id, row.state, "failed", run_id, reason=Reason.of(error))
                ledger.advance(connection, row.attempt_id, "failed", str(error), ends=True)
            return Outcome("failed", str(error))
        sending = _Sending(systems, obj, row, run_id, connection, lock, attempt)
        try:
            return sending.run()
        except _Ended as ended:
            return ended.outcome
        except queue.Moved:
            raise
        except (FixRecord, StopSync) as error:
            return sending.fail(Reason.of(error))
        except SpectrumEtlError as error:
            queue.note(connection, obj.name, id, sending.state, Reason.of(error), run_id)
            raise


class _Sending:
    """One try to send one record; every step commits what it has found before the next."""

    def __init__(
        self,
        systems: Systems,
        obj: ExportObject,
        row: Row,
        run_id: str,
        connection: psycopg.Connection,
        lock: psycopg.Connection,
        attempt: Attempt,
    ) -> None:
        self.systems, self.obj, self.id, self.run_id = systems, obj, row.id, run_id
        self.connection, self.lock, self.attempt, self.state = connection, lock, attempt, row.state
        self.shown = row.shown or {}
        self.owner = claiming.owner(obj, row.id, row.title)

    def run(self) -> Outcome:
        """All that is left to do."""
        if not self.attempt.is_what_was_approved:
            reason = Reason(
                "the ledger's payload is not the one that was approved: its hash differs", cause="payload changed"
            )
            self._end("failed", reason)
        if self.state in ("sending", "unknown"):
            self._wait_for_what_may_be_forgotten()
        if self.attempt.untouched:
            self._still_right()
        if self.state in ("sending", "unknown"):
            for sent in self.attempt.calls:
                while sent.state != "sent":
                    self._write(sent) if sent.state == "pending" else self._look_up(sent)
                    sent = ledger.call(self.connection, self.attempt.attempt_id, sent.number)
            with self._becoming("sent"):
                pass
        if self.state == "sent":
            self._confirm()
        return self._link()

    def _wait_for_what_may_be_forgotten(self) -> None:
        """Calls may run that the warehouse knows nothing of, since it was restored or another server took over."""
        now = self.systems.clock(self.connection)
        noticed_at = continuity.since(self.connection, now)
        until = settles_at(noticed_at, self.systems.settings) if noticed_at else now
        if now < until:
            error = Unsettled(
                f"the warehouse was restarted, restored or taken over by another server; calls that it does not know of"
                f" may still be running, so nothing is sent before {until:%H:%M:%S} UTC",
                object=self.obj.name, company=self.id.company, record=self.id.record,
                remedy="nothing; the task comes back by itself",
            )  # fmt: skip
            error.until = until
            raise error

    def _still_right(self) -> None:
        """Before the first call: the record is as it was accepted, has its keys, and meets every rule now."""
        systems, answers = self.systems, self.attempt.answers
        if not claims.has(self.connection, self.owner, keys := self.obj.keys(self.attempt.document)):
            others = claims.holders(self.connection, self.owner, keys)
            said = "; ".join(claim.in_words for claim in others) or "its number is claimed no longer"
            self._end("ready", f"nothing was sent: {said}", again=True)
        candidate = self.obj.read(systems.procore, systems.company, self.id)
        if candidate is None:
            reason = "Procore no longer has the record; nothing was sent"
            with self.connection.transaction():
                ledger.advance(self.connection, self.attempt.attempt_id, "ready", reason, ends=True)
                claims.release(self.connection, self.owner)
                queue.remove(self.connection, self.obj.name, self.id, self.state)
            raise _Ended(Outcome(None, reason))
        if candidate.fingerprint != self.attempt.fingerprint:
            self._end("ready", "the record was changed in Procore after it was accepted; nothing was sent", again=True)
        if broken := check.broken_rules(self.obj, candidate, systems.context):
            self._end("not_ready", f"nothing was sent: {check.in_words(broken)}", broken=broken)
        if broken := check.broken_form(self.obj, candidate, answers, systems.context):
            self._end("ready", f"nothing was sent: {check.in_words(broken)}", again=True)
        if changes := changed_since(systems, self.shown, self.attempt.document):
            told = "; ".join(changes[:_MOST_CHANGES]) + (" and more" if len(changes) > _MOST_CHANGES else "")
            self._end("ready", f"Spectrum was changed after it was accepted; nothing was sent: {told}", again=True)

    def _write(self, sent: SentCall) -> None:
        """Make a call that is not under way: its intent first, then the call, then its outcome."""
        call, attempt_id = sent.call, self.attempt.attempt_id
        held = self._held(call)
        if call.adds and held is not None:
            if sent.tries and compare.holds_it(call, held):
                self._settle(sent, "sent", "the lost call was executed late: found by looking it up")
                return
            self._end(
                "failed",
                Reason(
                    f"{compare.name_of(call)} exists in Spectrum already and is not ours; it was not overwritten",
                    _SOMEBODY_DECIDES,
                    "exists already",
                ),
            )
        if call.adds and sent.number == 1 and (document := self._document_of(call)) is not None:
            self._end(
                "failed",
                Reason(
                    f"{compare.name_of(document)} exists in Spectrum already, although nothing of this record was"
                    " written there: it is somebody else's, and no line was added to it",
                    _SOMEBODY_DECIDES,
                    "exists already",
                ),
            )
        # Without the lock somebody else may be sending: a lost connection has to show before the call, not after it.
        self.lock.execute("select 1")
        with self._becoming("sending"):
            ledger.begin(self.connection, attempt_id, sent, held, self.systems.clock(self.connection))
        try:
            answer = self.systems.writer.write(call.service, call.parameters)
        except Refused as error:
            self._refused(sent, error)
        except OutcomeUnknown as error:
            log.warning("%s: %s", compare.name_of(call), error)
            with self._becoming("unknown"):
                ledger.settle(self.connection, attempt_id, sent.number, "sending", "unknown", str(error))
        except SpectrumEtlError as error:
            # NotSent, or a configuration or login that was refused: the writer vouches that nothing was executed.
            ledger.settle(self.connection, attempt_id, sent.number, "sending", "pending", str(error), not_executed=True)
            raise
        else:
            ledger.settle(self.connection, attempt_id, sent.number, "sending", "sent", str(answer), note=answer.said)

    def _refused(self, sent: SentCall, error: Refused) -> None:
        """Spectrum refused a call. After a lost one, that may be because the lost one was executed: look first."""
        executed = sent.tries > 0 and compare.holds_it(sent.call, self._held(sent.call))
        new: ledger.CallState = "sent" if executed else "refused"
        ledger.settle(
            self.connection, self.attempt.attempt_id, sent.number, "sending", new, str(error), not_executed=not executed
        )
        if not executed:
            reason = Reason.of(error, f"Spectrum refused {compare.name_of(sent.call)}: ")
            self._end("failed", replace(reason, cause="refused"))

    def _look_up(self, sent: SentCall) -> None:
        """Find out what became of a call whose answer is not known, and never send it before that is certain."""
        call = sent.call
        if sent.state == "sending":  # whoever made it is dead: the lock is ours
            with self._becoming("unknown"):
                number = sent.number
                ledger.settle(self.connection, self.attempt.attempt_id, number, "sending", "unknown", "the task died")
        asked_at = self.systems.clock(self.connection)
        readable, held = self.systems.books.can_read_back(call.service, call.key), self._held(call)
        if readable and compare.holds_it(call, held):
            self._settle(sent, "sent", "the answer was lost; found by looking it up")
            return
        assert sent.intent_at is not None
        settled_at = settles_at(sent.intent_at, self.systems.settings)
        if asked_at < settled_at:
            raise _unsettled(self.obj, self.id, sent, settled_at)
        if readable and held != (None if call.adds else sent.held_before):
            what = self._difference(call, held)
            self._end(
                "failed",
                Reason(
                    f"after a lost answer Spectrum holds neither what it held before nor this: {what}",
                    self._advice,
                    "answer lost",
                ),
            )
        if not readable and call.adds:
            self._end(
                "failed",
                Reason(
                    f"the answer of {compare.name_of(call)} was lost, and what it did cannot be read back",
                    "look it up in Spectrum; name the record in the trigger form of the export only if it is not there",
                    "answer lost",
                ),
            )
        self._settle(sent, "pending", "the answer was lost; after the time limit it was not there: not executed")

    def _settle(self, sent: SentCall, new: ledger.CallState, answer: str) -> None:
        old: ledger.CallState = "unknown" if sent.state == "sending" else sent.state
        with self._becoming("sending"):
            ledger.settle(self.connection, self.attempt.attempt_id, sent.number, old, new, answer)

    def _confirm(self) -> None:
        """Read everything back that can be, and compare."""
        books = self.systems.books
        calls = [sent.call for sent in self.attempt.calls if books.can_read_back(sent.call.service, sent.call.key)]
        wrong = [
            self._difference(call, held)
            for call, held in zip(calls, books.held_all(calls), strict=True)
            if not compare.holds_it(call, held)
        ]
        if wrong:
            said = f"what Spectrum holds is not what was sent: {' '.join(wrong)}"
            self._end("failed", Reason(said, self._advice, "not confirmed"))
        with self._becoming("confirmed"):
            pass

    def _link(self) -> Outcome:
        """Mark it in Procore, which may be repeated; then write the link and end the attempt at once."""
        attempt, key = self.attempt, self.attempt.document.key
        if self.obj.mark is not None:
            self.obj.mark(self.systems.procore, self.systems.company, self.id, key)
        note = compare.unread_note(attempt.document, self.systems.books)
        with self._becoming("linked", Reason(note) if note else None, ends=True):
            links.write(
                self.connection,
                self.obj.name,
                self.id,
                key,
                attempt_id=attempt.attempt_id,
                content=attempt.content,
                fingerprint=attempt.fingerprint,
                by=attempt.answered_by,
            )
            claims.keep(
                self.connection, self.owner, self.obj.key(key), attempt_id=attempt.attempt_id, by=attempt.answered_by
            )
        return Outcome("linked", note or f"linked to {key}")

    def _held(self, call: Call) -> Held | None:
        books = self.systems.books
        return books.held(call.service, call.key) if books.can_read_back(call.service, call.key) else None

    @property
    def _advice(self) -> str:
        """What a person does where Spectrum holds something else than was sent."""
        return f"{self.obj.unconfirmed}; then collect the record again"

    def _document_of(self, call: Call) -> Call | None:
        """The document of a line, where Spectrum holds it: a line under its key would become part of it."""
        key = {name: call.key[name] for name in SERVICES[call.service].document_key if name in call.key}
        document = replace(call, key=key)
        return document if key != dict(call.key) and self._held(document) is not None else None

    def _difference(self, call: Call, held: Held | None) -> str:
        return compare.in_words(call, compare.differences(call, held))

    def fail(self, reason: Reason) -> Outcome:
        """A person must look."""
        with self._becoming("failed", reason, ends=True):
            self._release()
        return Outcome("failed", reason.in_words)

    def _end(
        self, state: State, reason: Reason | str, *, again: bool = False, broken: Sequence[Broken] = ()
    ) -> NoReturn:
        reason = Reason(reason) if isinstance(reason, str) else reason
        with self._becoming(state, reason, ends=True, broken=broken):
            self._release()
        raise _Ended(Outcome(state, reason.in_words, again))

    def _release(self) -> None:
        """The keys are free again, unless Spectrum holds something under them, or might: then nobody else gets them."""
        if ledger.is_untouched(self.connection, self.attempt.attempt_id):
            claims.release(self.connection, self.owner)

    @contextmanager
    def _becoming(
        self, state: State, reason: Reason | None = None, *, ends: bool = False, broken: Sequence[Broken] = ()
    ) -> Iterator[None]:
        """One transaction for what is done inside and, where it differs, for the record's new state."""
        with self.connection.transaction():
            if state != self.state:
                queue.move(
                    self.connection, self.obj.name, self.id, self.state, state, self.run_id,
                    reason=reason, broken=broken,
                )  # fmt: skip
                said = reason.in_words if reason else None
                ledger.advance(self.connection, self.attempt.attempt_id, state, said, ends=ends)
            yield
        self.state = state


def settles_at(intent_at: datetime, settings: Settings) -> datetime:
    """From when on a call whose answer was lost surely runs no more."""
    return intent_at + timedelta(seconds=settings.exports.server_time_limit) + SETTLE_MARGIN


def _unsettled(obj: ExportObject, id: RecordId, sent: SentCall, until: datetime) -> Unsettled:
    error = Unsettled(
        f"the answer of {compare.name_of(sent.call)} was lost and it may still be running; it is looked up again at"
        f" {until:%H:%M:%S %Z}",
        object=obj.name,
        company=id.company,
        record=id.record,
        remedy="wait: the task comes back by itself. Do not enter the record in Spectrum by hand meanwhile",
    )
    error.until = until
    return error
