"""Sends one accepted record to Spectrum, exactly once as far as a ledger can make it.

It reads nothing but the ledger: neither XCom nor what Airflow says of the approval. The intent of every call is
committed before it; whatever is not known afterwards is looked up. It may be killed anywhere and called again. What
would end the same however often it is tried ends as failed, for a person to look: no record is left without a way on.
"""

from __future__ import annotations

import psycopg

from spectrum_etl.errors import FixRecord, Reason, SpectrumEtlError, StopSync
from spectrum_etl.exports.records import ledger, queue
from spectrum_etl.exports.records.ledger import Attempt
from spectrum_etl.exports.records.locks import record_lock
from spectrum_etl.exports.records.marking import marking
from spectrum_etl.exports.records.queue import QueueRow
from spectrum_etl.exports.records.states import IN_FLIGHT, Outcome
from spectrum_etl.exports.spec import ExportObject
from spectrum_etl.exports.spectrum import compare
from spectrum_etl.exports.steps import calls
from spectrum_etl.exports.steps.recheck import recheck, wait_for_forgotten_calls
from spectrum_etl.exports.steps.sending import Ended, Sending
from spectrum_etl.exports.systems import Systems
from spectrum_etl.links import claims
from spectrum_etl.links import pairs as links
from spectrum_etl.model.record import RecordId
from spectrum_etl.warehouse.connect import connect


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
        attempt = _attempt(connection, obj, row, row.attempt_id, run_id)
        if isinstance(attempt, Outcome):
            return attempt
        sending = Sending(systems, obj, row, run_id, connection, lock, attempt)
        try:
            return _send(sending)
        except Ended as ended:
            return ended.outcome
        except queue.Moved:
            raise
        except (FixRecord, StopSync) as error:
            return sending.fail(Reason.of(error))
        except SpectrumEtlError as error:
            queue.note(connection, obj.name, id, sending.state, Reason.of(error), run_id)
            raise


def _attempt(
    connection: psycopg.Connection, obj: ExportObject, row: QueueRow, attempt_id: int, run_id: str
) -> Attempt | Outcome:
    """What was accepted; the record has failed where the ledger holds nothing to send."""
    try:
        return ledger.attempt(connection, attempt_id)
    except StopSync as error:
        with connection.transaction():
            queue.move(connection, obj.name, row.id, row.state, "failed", run_id, reason=Reason.of(error))
            ledger.advance(connection, attempt_id, "failed", str(error), ends=True)
        return Outcome("failed", str(error))


def _send(sending: Sending) -> Outcome:
    """All that is left to do."""
    if not sending.attempt.is_what_was_approved:
        words = "the ledger's payload is not the one that was approved: its hash differs"
        sending.end("failed", Reason(words, cause="payload changed"))
    begins = sending.state in ("sending", "unknown")
    if begins:
        wait_for_forgotten_calls(sending)
    if sending.attempt.untouched:
        recheck(sending)
    if begins:
        for sent in sending.attempt.calls:
            calls.complete(sending, sent)
        with sending.becoming("sent"):
            pass
    if sending.state == "sent":
        _confirm(sending)
    return _link(sending)


def _confirm(sending: Sending) -> None:
    """Read everything back that can be, and compare."""
    spectrum = sending.systems.spectrum
    sent = [sent.call for sent in sending.attempt.calls if spectrum.can_read_back(sent.call.service, sent.call.key)]
    wrong = [
        (call, current)
        for call, current in zip(sent, spectrum.all_current_values(sent), strict=True)
        if not compare.holds_it(call, current)
    ]
    if wrong:
        what = " ".join(compare.in_words(call, compare.differences(call, current)) for call, current in wrong)
        words = f"what Spectrum holds is not what was sent: {what}"
        sending.end("failed", Reason(words, sending.advice, "not confirmed"))
    with sending.becoming("confirmed"):
        pass


def _link(sending: Sending) -> Outcome:
    """Mark it in Procore, which may be repeated; then write the link and end the attempt at once."""
    obj, attempt, key = sending.obj, sending.attempt, sending.attempt.document.key
    systems = sending.systems
    unmarked = None
    if obj.mark is not None:
        with marking(systems, obj, sending.id):
            unmarked = obj.mark(systems.procore, systems.company, sending.id, key)
    note = "; ".join(filter(None, (unmarked, compare.unread_note(attempt.document, systems.spectrum))))
    with sending.becoming("linked", Reason(note) if note else None, ends=True):
        links.write(
            sending.connection,
            obj.name,
            sending.id,
            key,
            attempt_id=attempt.attempt_id,
            content=attempt.content,
            fingerprint=attempt.fingerprint,
            by=attempt.answered_by,
        )
        claims.keep(
            sending.connection, sending.owner, obj.key(key), attempt_id=attempt.attempt_id, by=attempt.answered_by
        )
    return Outcome("linked", note or f"linked to {key}")
