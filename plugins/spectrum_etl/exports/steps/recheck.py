"""Before the first call: whether what was accepted may still be sent."""

from __future__ import annotations

from spectrum_etl.exports.display.shown import changed_since, in_short
from spectrum_etl.exports.records.settling import settles_at, unsettled
from spectrum_etl.exports.spec import Candidate
from spectrum_etl.exports.spectrum import compare
from spectrum_etl.exports.steps import apply_rules as check
from spectrum_etl.exports.steps.sending import Sending
from spectrum_etl.links import claims
from spectrum_etl.warehouse import continuity


def wait_for_forgotten_calls(sending: Sending) -> None:
    """Calls may run that the warehouse knows nothing of, since it was restored or another server took over.

    Raises:
        Unsettled: until they have ended.
    """
    now = sending.systems.clock(sending.connection)
    noticed_at = continuity.since(sending.connection, now)
    until = settles_at(noticed_at, sending.systems.settings) if noticed_at else now
    if now < until:
        raise unsettled(
            until,
            "the warehouse was restarted, restored or taken over by another server; calls that it does not know of"
            f" may still be running, so nothing is sent before {until:%H:%M:%S} UTC",
            object=sending.obj.name, company=sending.id.company, record=sending.id.record,
            remedy="nothing; the task continues by itself",
        )  # fmt: skip


def recheck(sending: Sending) -> None:
    """The record is as it was accepted, has its keys, and meets every rule now.

    Raises:
        Ended: it does not; nothing was sent.
    """
    systems, obj, attempt = sending.systems, sending.obj, sending.attempt
    _has_its_keys(sending)
    candidate = obj.read(systems.procore, systems.company, sending.id)
    if candidate is None:
        sending.leave_queue("Procore no longer has the record; nothing was sent")
    if candidate.fingerprint != attempt.fingerprint:
        sending.end("ready", "the record was changed in Procore after it was accepted; nothing was sent", again=True)
    if broken := check.broken_rules(obj, candidate, systems.context):
        sending.end("not_ready", f"nothing was sent: {check.in_words(broken)}", broken=broken)
    if broken := check.broken_form(obj, candidate, attempt.answers, systems.context):
        sending.end("ready", f"nothing was sent: {check.in_words(broken)}", again=True)
    if changes := changed_since(systems, sending.shown, attempt.document):
        reason = f"Spectrum was changed after it was accepted; nothing was sent: {in_short(changes)}"
        sending.end("ready", reason, again=True)
    if there := _there_by_now(sending, candidate):
        reason = f"Spectrum was changed after it was accepted; nothing was sent: it now has {in_short(there)}"
        sending.end("ready", reason, again=True)


def _there_by_now(sending: Sending, candidate: Candidate) -> list[str]:
    """What was to be added because Spectrum lacked it, and is there by now: more was accepted than is missing."""
    document = sending.obj.document(candidate, sending.attempt.answers, sending.systems.context)
    still = [(call.service, dict(call.key)) for call in document.calls]
    return [
        compare.name_of(call)
        for call in sending.attempt.document.calls
        if call.adds and (call.service, dict(call.key)) not in still
    ]


def _has_its_keys(sending: Sending) -> None:
    keys = sending.obj.keys(sending.attempt.document)
    if not claims.has(sending.connection, sending.owner, keys):
        others = claims.holders(sending.connection, sending.owner, keys)
        said = "; ".join(claim.in_words for claim in others) or "its number is no longer claimed"
        sending.end("ready", f"nothing was sent: {said}", again=True)
