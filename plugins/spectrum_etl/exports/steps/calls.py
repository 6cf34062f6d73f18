"""Makes one call of a document exactly once, as far as a ledger can: its intent first, then the call, then its outcome.

An add is never repeated before it is certain that the one before was not executed: what is not known is looked up.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from spectrum_etl.errors import Reason, SpectrumEtlError
from spectrum_etl.exports.document import Call
from spectrum_etl.exports.records import ledger
from spectrum_etl.exports.records.ledger import SentCall
from spectrum_etl.exports.records.settling import settles_at, unsettled
from spectrum_etl.exports.spectrum import compare
from spectrum_etl.exports.spectrum.compare import CurrentValues
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.exports.steps.sending import Sending
from spectrum_etl.sources.faults import OutcomeUnknown, Refused

log = logging.getLogger(__name__)

_DECIDE = "take it out there, link it by hand, or export the record under another key"


def complete(sending: Sending, sent: SentCall) -> None:
    """Bring a call to its end, whatever became of it before.

    Raises:
        Ended: Spectrum refused it, or holds something else.
        Unsettled: its answer was lost, and it may still be running.
        SpectrumEtlError: it surely was not executed, for a reason that is not about the record.
    """
    while sent.state != "sent":
        _write(sending, sent) if sent.state == "pending" else _look_up(sending, sent)
        sent = ledger.call(sending.connection, sending.attempt.attempt_id, sent.number)


def _write(sending: Sending, sent: SentCall) -> None:
    """Make a call that is not under way."""
    call, current = sent.call, sending.current_values(sent.call)
    if call.adds and current is not None and sent.tries and compare.holds_it(call, current):
        _settle(sending, sent, "sent", "the lost call was executed late: found by looking it up")
        return
    _nothing_is_there(sending, sent, current)
    # Without the lock somebody else may be sending: a lost connection has to show before the call, not after it.
    sending.lock.execute("select 1")
    with sending.becoming("sending"):
        ledger.begin(
            sending.connection, sending.attempt.attempt_id, sent, current, sending.systems.clock(sending.connection)
        )
    _call(sending, sent)


def _nothing_is_there(sending: Sending, sent: SentCall, current: CurrentValues | None) -> None:
    """An add finds nothing under its key, and its document does not exist before its first line."""
    call = sent.call
    if call.adds and current is not None:
        # A call of this record whose answer was lost may have written it: nobody can say whose it is.
        whose = "a lost call of this record may have written it" if sent.tries else "this attempt did not write it"
        sending.end(
            "failed",
            Reason(
                f"{compare.name_of(call)} exists in Spectrum already, and {whose}; it was not overwritten",
                _DECIDE,
                "exists already",
            ),
        )
    if call.adds and sent.number == 1 and (document := _document_of(sending, call)) is not None:
        sending.end(
            "failed",
            Reason(
                f"{compare.name_of(document)} exists in Spectrum already, although nothing of this record was written"
                " there: it is somebody else's, and no line was added to it",
                _DECIDE,
                "exists already",
            ),
        )


def _call(sending: Sending, sent: SentCall) -> None:
    """The call itself, and its outcome."""
    call, connection, attempt_id = sent.call, sending.connection, sending.attempt.attempt_id
    try:
        answer = sending.systems.writer.write(call.service, call.parameters)
    except Refused as error:
        _refused(sending, sent, error)
    except OutcomeUnknown as error:
        log.warning("%s: %s", compare.name_of(call), error)
        with sending.becoming("unknown"):
            ledger.settle(connection, attempt_id, sent.number, "sending", "unknown", str(error))
    except SpectrumEtlError as error:
        # NotSent, or a configuration or login that was refused: the writer guarantees that nothing was executed.
        ledger.settle(connection, attempt_id, sent.number, "sending", "pending", str(error), not_executed=True)
        raise
    else:
        ledger.settle(connection, attempt_id, sent.number, "sending", "sent", str(answer), note=answer.said)


def _refused(sending: Sending, sent: SentCall, error: Refused) -> None:
    """Spectrum refused a call. After a lost one, that may be because the lost one was executed: look first."""
    executed = sent.tries > 0 and compare.holds_it(sent.call, sending.current_values(sent.call))
    new: ledger.CallState = "sent" if executed else "refused"
    ledger.settle(
        sending.connection,
        sending.attempt.attempt_id,
        sent.number,
        "sending",
        new,
        str(error),
        not_executed=not executed,
    )
    if not executed:
        reason = Reason.of(error, f"Spectrum refused {compare.name_of(sent.call)}: ")
        sending.end("failed", replace(reason, cause="refused"))


def _look_up(sending: Sending, sent: SentCall) -> None:
    """Find out what became of a call whose answer is not known, and never send it before that is certain."""
    call = sent.call
    if sent.state == "sending":  # the task that made it is dead: the lock is ours
        with sending.becoming("unknown"):
            attempt_id = sending.attempt.attempt_id
            ledger.settle(sending.connection, attempt_id, sent.number, "sending", "unknown", "the task died")
    asked_at = sending.systems.clock(sending.connection)
    readable, current = sending.systems.spectrum.can_read_back(call.service, call.key), sending.current_values(call)
    if readable and compare.holds_it(call, current):
        _settle(sending, sent, "sent", "the answer was lost; found by looking it up")
        return
    assert sent.intent_at is not None
    settled_at = settles_at(sent.intent_at, sending.systems.settings)
    if asked_at < settled_at:
        raise unsettled(
            settled_at,
            f"the answer to {compare.name_of(call)} was lost and it may still be running; it is looked up again at"
            f" {settled_at:%H:%M:%S %Z}",
            object=sending.obj.name, company=sending.id.company, record=sending.id.record,
            remedy="wait: the task continues by itself. Do not enter the record in Spectrum by hand meanwhile",
        )  # fmt: skip
    if readable and current != (None if call.adds else sent.held_before):
        what = compare.in_words(call, compare.differences(call, current))
        sending.end(
            "failed",
            Reason(
                f"after a lost answer Spectrum holds neither what it held before nor this: {what}",
                sending.advice,
                "answer lost",
            ),
        )
    if not readable and call.adds:
        sending.end(
            "failed",
            Reason(
                f"the answer to {compare.name_of(call)} was lost, and what it did cannot be read back",
                "look it up in Spectrum; name the record in the trigger form of the export only if it is not there",
                "answer lost",
            ),
        )
    _settle(sending, sent, "pending", "the answer was lost; after the time limit it was not there: not executed")


def _settle(sending: Sending, sent: SentCall, new: ledger.CallState, answer: str) -> None:
    old: ledger.CallState = "unknown" if sent.state == "sending" else sent.state
    with sending.becoming("sending"):
        ledger.settle(sending.connection, sending.attempt.attempt_id, sent.number, old, new, answer)


def _document_of(sending: Sending, call: Call) -> Call | None:
    """The document of a line, where Spectrum holds it: a line under its key would become part of it."""
    key = {name: call.key[name] for name in SERVICES[call.service].document_key if name in call.key}
    document = replace(call, key=key)
    return document if key != dict(call.key) and sending.current_values(document) is not None else None
