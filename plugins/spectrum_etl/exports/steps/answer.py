"""Takes an approver's answer: checks who and what, and writes it to the ledger.

What is written here is all that `send` believes. The keys of what is accepted are claimed in the same transaction: of
two records with one number the first answer wins. What cannot be taken goes back to ready and is asked again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import psycopg

from spectrum_etl.errors import FixRecord, Reason, RetryLater, SpectrumEtlError, StopSync
from spectrum_etl.exports.display.form import REASON
from spectrum_etl.exports.display.shown import changed_since, in_short, unlike_shown
from spectrum_etl.exports.document import Document
from spectrum_etl.exports.records import claiming, ledger, queue, why
from spectrum_etl.exports.records.ledger import Response
from spectrum_etl.exports.records.queue import QueueRow
from spectrum_etl.exports.records.states import Outcome, State
from spectrum_etl.exports.spec import Broken, Candidate, ExportObject
from spectrum_etl.exports.steps import apply_rules as check
from spectrum_etl.exports.systems import Systems
from spectrum_etl.links.claims import Taken
from spectrum_etl.model import characters
from spectrum_etl.model.record import RecordId
from spectrum_etl.model.run import Instance
from spectrum_etl.warehouse.connect import connect

#: Where a record still needs an answer, so that one that was given elsewhere is missed.
_OPEN: frozenset[State] = frozenset({"waiting", "ready", "queued"})
_TOO_LATE = {
    decision: f"{done} it in an older question, which is no longer open: nothing came of that answer; answer this one"
    for decision, done in (("accept", "accepted"), ("reject", "rejected"), ("retrieve", "took out"))
}


@dataclass(frozen=True)
class _Verdict:
    """Where an answer leads.

    Args:
        state: the record's new state.
        reason: why.
        document: what is sent, for `sending`.
        broken: the rules that the record breaks now, for `not_ready`.
    """

    state: State
    reason: str | None = None
    document: Document | None = None
    broken: tuple[Broken, ...] = ()


def take(systems: Systems, obj: ExportObject, id: RecordId, instance: Instance, response: Response) -> Outcome:
    """Take an answer.

    Args:
        instance: the task instance that was answered; the record must wait for it.
        response: the answer. Nobody is trusted: who answered is compared with the settings here.

    Returns:
        The state it led to; `ask_again` where somebody has to be asked again.

    Raises:
        StopSync: the record does not wait for this task instance: nothing was written.
        SpectrumEtlError: a person has to correct something first. As after a passing fault, the record has gone back
            to ready with that reason, rather than wait for an answer that is lost.
    """
    with connect(systems.url) as connection:
        connection.autocommit = True
        row = queue.find(connection, obj.name, id)
        if row is None or row.state != "waiting" or row.asks is None or row.asks.place != instance.place:
            if row is not None and row.state in _OPEN:
                # Airflow took the answer silently: the record shows it to whoever looks at it next.
                said = f"{response.user_name or response.user_id or 'somebody'} {_TOO_LATE[response.decision]}"
                queue.note(connection, obj.name, id, row.state, said, row.run_id)
            raise StopSync(
                "the question that was answered is no longer open; the record is"
                f" {row.state if row else 'no longer in the queue'}",
                object=obj.name,
                company=id.company,
                record=id.record,
                remedy="nothing was sent; answer the approval that waits for it now, or trigger the export again",
            )
        response, refused = _kept(response)
        try:
            candidate = obj.read(systems.procore, systems.company, id)
            if candidate is None:
                with connection.transaction():
                    queue.move(connection, obj.name, id, "waiting", "ready", instance.run_id)
                    queue.remove(connection, obj.name, id, "ready")
                return Outcome(None, "Procore no longer has the record; nothing was sent")
            verdict = _verdict(systems, connection, obj, row, candidate, response, refused)
        except SpectrumEtlError as error:
            who = response.user_name or response.user_id
            reason = Reason.of(error, f"the answer from {who} could not be used: ")
            queue.move(connection, obj.name, id, "waiting", "ready", instance.run_id, reason=reason)
            if isinstance(error, RetryLater):
                return Outcome("ready", reason.in_words, ask_again=True)
            raise
        try:
            _write(connection, obj, candidate, response, instance, verdict)
        except Taken as taken:
            verdict = _Verdict("ready", f"the form cannot be sent: {claiming.in_words(taken)}")
            _write(connection, obj, candidate, response, instance, verdict)
    return Outcome(verdict.state, verdict.reason or "", ask_again=verdict.state == "ready")


def release_unanswered(systems: Systems, obj: ExportObject, id: RecordId, approval: Instance, run_id: str) -> bool:
    """Release a record whose approval has ended without an answer that reached the ledger.

    Args:
        approval: the task instance that asked, and that has ended.
        run_id: the Airflow run that finds this out.

    Returns:
        Whether somebody has to be asked again.
    """
    with connect(systems.url) as connection:
        connection.autocommit = True
        row = queue.find(connection, obj.name, id)
        if row is None:
            return False
        if row.state == "waiting" and row.asks is not None and row.asks.place == approval.place:
            return queue.release(connection, obj.name, row, run_id)
        # Another run, which collects, has found it out before, and may not be the one that asks: a dry run asks nobody.
        return row.state == "ready" and row.why is not None and row.why.cause == why.UNANSWERED.cause


def _kept(response: Response) -> tuple[Response, str]:
    """The answer without what cannot be kept, and what is wrong where that leaves out something that counts."""
    counts = {"accept": [name for name in response.answers if name != REASON], "reject": [REASON], "retrieve": []}
    refused = check.refused_answers(response.answers, counts[response.decision])
    kept = {name: value for name, value in response.answers.items() if not check.refused_answers({name: value}, [name])}
    return replace(response, answers=kept, user_name=characters.escaped(response.user_name)), refused


def _verdict(
    systems: Systems,
    connection: psycopg.Connection,
    obj: ExportObject,
    row: QueueRow,
    candidate: Candidate,
    response: Response,
    refused: str,
) -> _Verdict:
    context = systems.context
    who = response.user_name or response.user_id or "nobody"
    if not systems.settings.exports.may_approve(response.user_id):
        return _Verdict("ready", f"the answer from {who} was ignored: not one of the configured approvers")
    if refused:
        return _Verdict("ready", f"the answer from {who} cannot be used: {refused} Retype it without the character")
    if response.decision == "retrieve":
        return _Verdict("retrieved", f"taken out by {who}; it comes back when it is collected again by name")
    if response.decision == "reject":
        reason = response.answers.get(REASON, "").strip()
        if not reason:
            return _Verdict("ready", f"{who} rejected it without a reason; a rejection needs one")
        return _Verdict("rejected", reason)
    if candidate.fingerprint != row.fingerprint:
        return _Verdict("ready", "the record was changed in Procore while it waited; look at it again")
    if broken := check.broken_rules(obj, candidate, context):
        return _Verdict("not_ready", f"accepted by {who}, but it is no longer ready", broken=tuple(broken))
    answers = check.known_answers(obj.form(candidate, context), response.answers)
    broken = check.broken_form(obj, candidate, answers, context)
    try:
        document = obj.document(candidate, answers, context)
    except FixRecord as error:
        return _Verdict("ready", f"the form cannot be sent: {check.in_words(broken) if broken else error}")
    if broken:
        # A number that Spectrum has already may be there since another record was faster.
        taken = "".join(f" {c.in_words}." for c in claiming.holders(connection, obj, candidate.id, document))
        return _Verdict("ready", f"the form cannot be sent: {check.in_words(broken)}{taken}")
    _check_document(obj, candidate, document)
    if changes := changed_since(systems, row.shown or {}, document):
        return _Verdict(
            "ready", f"Spectrum was changed while the record waited; look at it again: {'; '.join(changes)}"
        )
    if changes := unlike_shown(row.shown or {}, document):
        reason = f"what would be written has changed while it waited; look at it again: {in_short(changes)}"
        return _Verdict("ready", reason)
    return _Verdict("sending", document=document)


def _check_document(obj: ExportObject, candidate: Candidate, document: Document) -> None:
    """What no document may be, whatever the object's module makes of its record."""
    places = [(call.service, tuple(sorted(call.key.items()))) for call in document.calls]
    companies = {call.key.get("Company_Code", "").strip() for call in document.calls}
    if not document.calls or len(set(places)) != len(places) or companies != {candidate.id.company}:
        raise StopSync(
            "the document has no call, two calls with the same key, or a call for another company",
            object=obj.name,
            company=candidate.id.company,
            record=candidate.title,
            value=f"{len(places)} calls, companies {sorted(companies)}",
            remedy="nothing was sent; report it with the record",
        )


def _write(
    connection: psycopg.Connection,
    obj: ExportObject,
    candidate: Candidate,
    response: Response,
    instance: Instance,
    verdict: _Verdict,
) -> None:
    """The answer, its calls, what it claims and the record's new state, in one transaction.

    Raises:
        Taken: another record has a key of what was accepted; nothing was written.
    """
    with connection.transaction():
        attempt_id = ledger.record_answer(
            connection,
            obj.name,
            candidate,
            response,
            instance,
            verdict.state,
            document=verdict.document,
            reason=verdict.reason,
        )
        queue.move(
            connection,
            obj.name,
            candidate.id,
            "waiting",
            verdict.state,
            instance.run_id,
            reason=verdict.reason,
            broken=verdict.broken,
            attempt_id=attempt_id,
        )
        if verdict.document:
            claiming.claim(connection, obj, candidate, verdict.document, response, attempt_id)
