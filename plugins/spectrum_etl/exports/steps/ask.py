"""Puts one ready record before an approver: what would be written, from what to what, and the form.

Procore and Spectrum are read again first; what changed since it was collected is asked as it is now, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import psycopg

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.display import markdown
from spectrum_etl.exports.display.markdown import escape_markdown
from spectrum_etl.exports.display.shown import sections, show
from spectrum_etl.exports.display.view import AS_ENTERED
from spectrum_etl.exports.document import Document
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.records import claiming, ledger, queue
from spectrum_etl.exports.records.queue import QueueRow
from spectrum_etl.exports.records.states import IN_FLIGHT, State
from spectrum_etl.exports.spec import Answers, Candidate, ExportObject
from spectrum_etl.exports.steps import apply_rules as check
from spectrum_etl.exports.systems import Systems
from spectrum_etl.links.claims import Claim
from spectrum_etl.model.display import visible
from spectrum_etl.model.record import RecordId
from spectrum_etl.model.run import Instance
from spectrum_etl.warehouse.connect import connect

_OPEN: tuple[State, ...] = ("ready", "queued")


@dataclass(frozen=True)
class Question:
    """What an approver is asked.

    Args:
        subject: names the record.
        body: Markdown; every element that would be written, what Spectrum holds now, and what it will be.
        fields: of the form, with proposals.
    """

    subject: str
    body: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True)
class NotAsked:
    """Why nobody is asked.

    Args:
        reason: in words.
        goes_on: whether the record was accepted before and its sending has to be finished.
        ask_again: whether another task instance has to ask.
    """

    reason: str
    goes_on: bool = False
    ask_again: bool = False


def ask(systems: Systems, obj: ExportObject, id: RecordId, instance: Instance) -> Question | NotAsked:
    """Read the record once more and, where it is still ready, let it wait for the approver.

    Args:
        instance: the task instance that will wait.

    Raises:
        SpectrumEtlError: Procore, Spectrum or the warehouse cannot be asked. The record stays ready.
    """
    with connect(systems.url) as connection:
        connection.autocommit = True
        row = queue.find(connection, obj.name, id)
        if row is None:
            return NotAsked("the record has left the queue")
        if row.state in IN_FLIGHT:
            return NotAsked(f"it was accepted before and is {row.state}", goes_on=True)
        if instance.try_number > 1:
            return _cleared(connection, obj, row, instance)
        if row.state not in _OPEN:
            return NotAsked(f"it is {row.state}" + (f": {row.reason}" if row.reason else ""))
        candidate = obj.read(systems.procore, systems.company, id)
        if candidate is None:
            queue.remove(connection, obj.name, id, row.state)
            return NotAsked("Procore no longer has the record")
        if broken := check.broken_rules(obj, candidate, systems.context):
            queue.move(connection, obj.name, id, row.state, "not_ready", instance.run_id, broken=broken)
            return NotAsked(f"it is no longer ready: {check.in_words(broken)}")
        own = _fields(systems, obj, candidate, ledger.last_answers(connection, row.attempt_id))
        fields, shown, taken = _shown(systems, connection, obj, candidate, own)
        broken = claiming.reserved(taken, id) or (claiming.broken(taken) if fields == own else [])
        if broken:
            queue.move(connection, obj.name, id, row.state, "not_ready", instance.run_id, broken=broken)
            return NotAsked(f"it is not ready: {check.in_words(broken)}")
        # Asked again: somebody has to look at what was wrong, whatever the form proposes now.
        shown["complete"] = (
            not row.is_at_fault and not taken and _needs_no_input(systems, obj, candidate, fields, shown)
        )
        queue.move(
            connection, obj.name, id, row.state, "waiting", instance.run_id,
            reason=row.why, asks=instance, fingerprint=candidate.fingerprint, shown=shown,
        )  # fmt: skip
        body = _body(systems, obj, candidate, shown, row.reason)
        return Question(visible(f"{obj.title.capitalize()}: {candidate.title}"), body, fields)


def _shown(
    systems: Systems,
    connection: psycopg.Connection,
    obj: ExportObject,
    candidate: Candidate,
    fields: tuple[FormField, ...],
) -> tuple[tuple[FormField, ...], dict[str, Any], list[Claim]]:
    """The form without the proposals that are another record's numbers, what it would write, and who has them."""
    shown = show(systems, obj, candidate, fields)
    if "document" not in shown:
        return fields, shown, []
    document = Document.from_json(shown["document"])
    taken = claiming.holders(connection, obj, candidate.id, document)
    free = claiming.without_taken(obj, fields, document, taken)
    return free, shown if free == fields else show(systems, obj, candidate, free), taken


def _fields(systems: Systems, obj: ExportObject, candidate: Candidate, answers: Answers) -> tuple[FormField, ...]:
    """The form with its proposals: what was answered the last time, unless that was what could not be sent.

    Args:
        answers: the last ones, where they led to no sending.
    """
    own = obj.form(candidate, systems.context)
    again = tuple(
        replace(field, proposal=answers[field.name], guessed=False) if field.name in answers else field for field in own
    )
    if again == own:
        return own
    values = {field.name: field.proposal for field in again}
    refused = {broken.field for broken in check.broken_form(obj, candidate, values, systems.context)}
    if not refused:
        try:
            obj.document(candidate, values, systems.context)
        except FixRecord:
            return own
        return again
    named = {name for field in own for name in (field.name, field.title)}
    if not refused <= named:
        return own  # it is not said which answer is meant
    return tuple(first if {first.name, first.title} & refused else last for first, last in zip(own, again, strict=True))


def _needs_no_input(
    systems: Systems, obj: ExportObject, candidate: Candidate, fields: Sequence[FormField], shown: Mapping[str, Any]
) -> bool:
    """Whether the form can be sent as it is proposed."""
    if "document" not in shown or any(field.required and not field.proposal for field in fields):
        return False
    if any(field.guessed and field.proposal for field in fields):
        return False
    values = {field.name: field.proposal for field in fields}
    return not check.broken_form(obj, candidate, values, systems.context)


def _cleared(connection: psycopg.Connection, obj: ExportObject, row: QueueRow, instance: Instance) -> NotAsked:
    """A cleared approval would show its old question, form and assignees: another task instance has to ask."""
    waits_here = row.state == "waiting" and row.asks is not None and row.asks.place == instance.place
    if not waits_here and row.state not in _OPEN:
        return NotAsked(f"it is {row.state}" + (f": {row.reason}" if row.reason else ""))
    if waits_here:
        reason = "the approval was cleared; a new one asks"
        queue.move(connection, obj.name, row.id, "waiting", "ready", instance.run_id, reason=reason)
    return NotAsked("a cleared approval would show its old question, so a new run asks", ask_again=True)


def _body(
    systems: Systems, obj: ExportObject, candidate: Candidate, shown: Mapping[str, Any], reason: str | None
) -> str:
    company = systems.company
    name = f"{company.code} {escape_markdown(company.name)}"
    lines = [f"{obj.title.capitalize()} **{escape_markdown(candidate.title)}** of Procore, for company {name}."]
    if reason:
        lines.append(f"**Asked again:** {escape_markdown(reason)}")
    if "document" in shown:
        lines.append("With the proposals of the form, this would be written to Spectrum:")
        written = markdown.as_markdown(sections(shown) or ())
        if AS_ENTERED in written:
            lines.append(f"Where it says {AS_ENTERED}, the form proposes nothing.")
        lines.append(written)
        lines += [
            f"**Total, {escape_markdown(total['label'])}:** {Decimal(total['amount']):,.2f}"
            for total in shown["totals"]
        ]
        if note := shown["unread"]:
            lines.append(f"**Not confirmed:** {escape_markdown(note)}.")
    else:
        lines.append(f"What would be written depends on the form: {escape_markdown(str(shown['incomplete']))}")
    lines.append(
        "**Accept** sends it with your answers, once. **Reject** needs a reason and ends it. **Retrieve** takes it out"
        " until somebody collects it again by name. If Procore's record or Spectrum's changes before you answer,"
        " nothing is sent and you are asked again."
    )
    return "\n\n".join(lines)
