"""One try to send one record: where it stands, what it holds, and how it ends. Each step commits before the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import psycopg

from spectrum_etl.errors import Reason
from spectrum_etl.exports.document import Call
from spectrum_etl.exports.records import claiming, ledger, queue
from spectrum_etl.exports.records.ledger import Attempt
from spectrum_etl.exports.records.queue import QueueRow
from spectrum_etl.exports.records.states import Outcome, State
from spectrum_etl.exports.spec import Broken, ExportObject
from spectrum_etl.exports.spectrum.compare import CurrentValues
from spectrum_etl.exports.systems import Systems
from spectrum_etl.links import claims


class Ended(Exception):
    """A way out, no error: the attempt is over, and its outcome committed."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class Sending:
    """One try to send one record.

    Args:
        systems: of its company.
        obj: what it is.
        row: as the queue has it.
        run_id: the Airflow run that sends.
        connection: to the warehouse; every statement outside a transaction is committed at once.
        lock: the connection that holds the lock of the record.
        attempt: what was accepted.
    """

    def __init__(
        self,
        systems: Systems,
        obj: ExportObject,
        row: QueueRow,
        run_id: str,
        connection: psycopg.Connection,
        lock: psycopg.Connection,
        attempt: Attempt,
    ) -> None:
        self.systems, self.obj, self.id, self.run_id = systems, obj, row.id, run_id
        self.connection, self.lock, self.attempt, self.state = connection, lock, attempt, row.state
        self.shown = row.shown or {}
        self.owner = claiming.owner(obj, row.id, row.title)

    def current_values(self, call: Call) -> CurrentValues | None:
        """What Spectrum holds under the key of a call; None also where that cannot be read back."""
        spectrum = self.systems.spectrum
        return (
            spectrum.current_values(call.service, call.key) if spectrum.can_read_back(call.service, call.key) else None
        )

    @property
    def advice(self) -> str:
        """What a person does where Spectrum holds something else than was sent."""
        return f"{self.obj.unconfirmed}; then collect the record again"

    @contextmanager
    def becoming(
        self, state: State, reason: Reason | None = None, *, ends: bool = False, broken: Sequence[Broken] = ()
    ) -> Iterator[None]:
        """One transaction for what is done inside and, where it differs, for the record's new state.

        Args:
            state: the new one.
            reason: why, for people.
            ends: whether the attempt is over.
            broken: the rules that the record breaks now.
        """
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

    def fail(self, reason: Reason) -> Outcome:
        """The attempt is over: a person must look."""
        with self.becoming("failed", reason, ends=True):
            self._release()
        return Outcome("failed", reason.in_words)

    def end(
        self, state: State, reason: Reason | str, *, again: bool = False, broken: Sequence[Broken] = ()
    ) -> NoReturn:
        """The attempt is over.

        Args:
            state: of the record now.
            reason: why; words alone where nothing else is to be said.
            again: whether somebody has to be asked again.
            broken: the rules that the record breaks now.
        """
        reason = Reason(reason) if isinstance(reason, str) else reason
        with self.becoming(state, reason, ends=True, broken=broken):
            self._release()
        raise Ended(Outcome(state, reason.in_words, again))

    def leave_queue(self, reason: str) -> NoReturn:
        """The attempt is over, and the record with it, before anything was sent."""
        with self.connection.transaction():
            ledger.advance(self.connection, self.attempt.attempt_id, "ready", reason, ends=True)
            claims.release(self.connection, self.owner)
            queue.remove(self.connection, self.obj.name, self.id, self.state)
        raise Ended(Outcome(None, reason))

    def _release(self) -> None:
        """The keys are free again, unless Spectrum holds something under them, or might: then nobody else gets them."""
        if ledger.is_untouched(self.connection, self.attempt.attempt_id):
            claims.release(self.connection, self.owner)
