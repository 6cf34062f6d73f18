"""Puts one ready record before an approver: what would be written, from what to what, and the form. Used by `approval`.

Procore and Spectrum are read again first; what changed since it was collected is asked as it is now, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports import check, compare, ledger, queue
from spectrum_etl.exports.queue import Instance, Row
from spectrum_etl.exports.send import unread_note
from spectrum_etl.exports.spec import Call, Candidate, Document, ExportObject, FormField, RecordId
from spectrum_etl.exports.states import IN_FLIGHT, State
from spectrum_etl.exports.systems import Systems
from spectrum_etl.warehouse.connect import connect

_OPEN: tuple[State, ...] = ("ready", "queued")
#: Stands where the form decides and proposes nothing.
AS_ENTERED = "(as you enter it)"


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
        answers = ledger.last_answers(connection, row.attempt_id)
        fields = tuple(
            replace(f, proposal=answers.get(f.name, f.proposal)) for f in obj.form(candidate, systems.context)
        )
        shown = show(systems, obj, candidate, fields)
        queue.move(
            connection, obj.name, id, row.state, "waiting", instance.run_id,
            reason=row.reason, asks=instance, fingerprint=candidate.fingerprint, shown=shown,
        )  # fmt: skip
        body = _body(systems, obj, candidate, shown, row.reason)
        return Question(f"{obj.title.capitalize()}: {candidate.title}", body, fields)


def show(systems: Systems, obj: ExportObject, candidate: Candidate, fields: Sequence[FormField]) -> dict[str, Any]:
    """What would be written with the form's proposals, and what Spectrum holds now, as JSON.

    Args:
        fields: of the form, with proposals.

    Returns:
        `document` as the ledger would keep it, `AS_ENTERED` in it where a field that is needed proposes nothing, and
        `held`, one entry a call, null where Spectrum holds nothing or it is not known yet; or `incomplete`, why nothing
        can be shown before the form is filled in.

    Raises:
        SpectrumEtlError: Spectrum cannot be asked.
    """
    try:
        document = _draft(systems, obj, candidate, fields)
    except FixRecord as error:
        return {"incomplete": str(error)}
    return {"document": document.as_json(), "held": [_held(systems, call) for call in document.calls]}


def _draft(systems: Systems, obj: ExportObject, candidate: Candidate, fields: Sequence[FormField]) -> Document:
    """The document with the proposals.

    What a field without one leads to is found by filling it in twice: what differs depends on it.

    Raises:
        FixRecord: the calls themselves depend on the form.
    """
    proposed = {field.name: field.proposal for field in fields}
    gaps = [field for field in fields if field.required and not field.proposal]

    def filled(number: int) -> Document:
        sample = {f.name: f.choices[number % len(f.choices)] if f.choices else "AB"[number] for f in gaps}
        return obj.document(candidate, proposed | sample, systems.context)

    one = filled(0)
    other = filled(1) if gaps else one
    shapes = [[(c.service, [*c.key], [*c.fields]) for c in document.calls] for document in (one, other)]
    if shapes[0] != shapes[1]:
        raise FixRecord("what is written depends on the form", record=candidate.title, remedy="fill the form in")
    calls = (
        replace(a, key=_common(a.key, b.key), fields=_common(a.fields, b.fields))
        for a, b in zip(one.calls, other.calls, strict=True)
    )
    return Document(one.key if one.key == other.key else AS_ENTERED, tuple(calls))


def _common(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    return {element: value if other[element] == value else AS_ENTERED for element, value in one.items()}


def changed_since(systems: Systems, shown: Mapping[str, Any], document: Document) -> list[str]:
    """Where Spectrum now holds something else than the approver was shown, in words."""
    if "document" not in shown:
        return []
    calls = Document.from_json(shown["document"]).calls
    before = {_place(call): held for call, held in zip(calls, shown["held"], strict=True)}
    changes = []
    for call in document.calls:
        if not call.adds and _place(call) in before:
            was, now = before[_place(call)] or {}, _held(systems, call) or {}
            changes += [
                f"{compare.name_of(call)}, {element}: was {was.get(element)!r}, is now {now.get(element)!r}"
                for element in call.fields
                if was.get(element) != now.get(element)
            ]
    return changes


def table(shown: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """What would be written as rows of call, element, what Spectrum holds now, what it will be."""
    document = Document.from_json(shown["document"])
    rows = []
    for call, held in zip(document.calls, shown["held"], strict=True):
        elements: Sequence[tuple[str, str]] = [*call.fields.items()] or [*call.key.items()]
        for element, value in elements:
            rows.append((compare.name_of(call), element, _now(call, held, element), value))
    return rows


def _cleared(connection: psycopg.Connection, obj: ExportObject, row: Row, instance: Instance) -> NotAsked:
    """A cleared approval would show its old question, form and assignees: another task instance has to ask."""
    waits_here = row.state == "waiting" and row.asks is not None and row.asks.place == instance.place
    if not waits_here and row.state not in _OPEN:
        return NotAsked(f"it is {row.state}" + (f": {row.reason}" if row.reason else ""))
    if waits_here:
        reason = "the approval was cleared; another one asks anew"
        queue.move(connection, obj.name, row.id, "waiting", "ready", instance.run_id, reason=reason)
    return NotAsked("a cleared approval would show its old question, so another run asks anew", ask_again=True)


def _held(systems: Systems, call: Call) -> dict[str, str] | None:
    if AS_ENTERED in call.key.values() or not systems.books.can_read_back(call.service):
        return None
    return systems.books.held(call.service, call.key)


def _place(call: Call) -> tuple[str, tuple[tuple[str, str], ...]]:
    return call.service, tuple(sorted(call.key.items()))


def _now(call: Call, held: Mapping[str, str] | None, element: str) -> str:
    if AS_ENTERED in call.key.values():
        return "(not known yet)"
    if held is None:
        return "(nothing)"
    return held.get(element, "(not readable)")


def _body(
    systems: Systems, obj: ExportObject, candidate: Candidate, shown: Mapping[str, Any], reason: str | None
) -> str:
    company = systems.company
    lines = [
        f"{obj.title.capitalize()} **{_cell(candidate.title)}** of Procore, for company {company.code} {company.name}."
    ]
    if reason:
        lines.append(f"**Asked again:** {_cell(reason)}")
    if "document" in shown:
        lines.append("With the proposals of the form, this would be written to Spectrum:")
        rows = table(shown)
        if any(AS_ENTERED in cell for row in rows for cell in row):
            lines.append(f"Where it says {AS_ENTERED}, the form proposes nothing.")
        head = ["| call | element | now | will be |", "|---|---|---|---|"]
        lines.append("\n".join([*head, *(f"| {' | '.join(map(_cell, row))} |" for row in rows)]))
        if note := unread_note(Document.from_json(shown["document"]), systems.books):
            lines.append(f"**Not confirmed:** {_cell(note)}.")
    else:
        lines.append(f"What would be written depends on the form: {_cell(str(shown['incomplete']))}")
    lines.append(
        "**Accept** sends it with your answers, once. **Reject** needs a reason and ends it. **Retrieve** takes it out"
        " until somebody names it in the trigger form. If Procore's record or Spectrum's changes before you answer,"
        " nothing is sent and you are asked anew."
    )
    return "\n\n".join(lines)


def _cell(text: str) -> str:
    """Text that stays in its cell, and is no markup: both systems let people type anything."""
    escaped = "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!~" else c for c in text)
    return " ".join(escaped.split())
