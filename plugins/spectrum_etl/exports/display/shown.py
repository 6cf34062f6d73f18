"""What an approver is shown of a record: what would be written, what Spectrum holds now, what the form proposes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.display import view
from spectrum_etl.exports.display.view import AS_ENTERED
from spectrum_etl.exports.document import Call, Document
from spectrum_etl.exports.form_field import FormField, filled
from spectrum_etl.exports.spec import Candidate, ExportObject
from spectrum_etl.exports.spectrum import compare
from spectrum_etl.exports.systems import Systems

#: Changes that a reason names.
_MAX_CHANGES = 5


def show(systems: Systems, obj: ExportObject, candidate: Candidate, fields: Sequence[FormField]) -> dict[str, Any]:
    """What would be written with the form's proposals, and what Spectrum holds now, as JSON.

    Args:
        fields: of the form, with proposals.

    Returns:
        `proposed`, the form's fields with what they propose; and `document` as the ledger would keep it, `AS_ENTERED`
        in it where a field that is needed proposes nothing, `held`, one entry a call, null where Spectrum holds nothing
        or it is not known yet, `totals` of the amounts, `unread`, what cannot be confirmed later, and `fills`, where
        every field says which elements it fills; or `incomplete`, why nothing can be shown before the form is filled
        in.

    Raises:
        SpectrumEtlError: Spectrum cannot be asked.
    """
    proposed = [{"name": field.name, "title": field.title, "value": field.proposal} for field in fields]
    try:
        document = _draft(systems, obj, candidate, fields)
    except FixRecord as error:
        return {"incomplete": str(error), "proposed": proposed}
    current = _current_values(systems, document.calls)
    shown = {
        "document": document.as_json(),
        "held": current,
        "proposed": proposed,
        "totals": view.totals(view.view(document.calls, current)),
        "unread": compare.unread_note(document, systems.spectrum),
    }
    if all(field.fills for field in fields):
        shown["fills"] = {field.name: list(field.fills) for field in fields}
    return shown


def sections(shown: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """What was shown as accountants read it; None where nothing could be shown."""
    if "document" not in shown:
        return None
    return view.view(Document.from_json(shown["document"]).calls, shown["held"], shown.get("fills"))


def unlike_shown(shown: Mapping[str, Any], document: Document) -> list[str]:
    """Where a document differs from what the approver saw in more than what they typed, in words.

    Settings, or what Spectrum holds, may have changed while the record waited. Nothing is compared where the calls
    themselves depend on the form, or a field does not say what it fills.
    """
    if "document" not in shown or "fills" not in shown:
        return []
    calls = Document.from_json(shown["document"]).calls
    if [call.service for call in calls] != [call.service for call in document.calls]:
        return [f"{len(calls)} calls were shown, now there would be {len(document.calls)}"]
    return [
        f"{compare.name_of(now)}, {element}: {was.parameters.get(element, '')!r} was shown, now it would be"
        f" {now.parameters.get(element, '')!r}"
        for place, (was, now) in enumerate(zip(calls, document.calls, strict=True), 1)
        for element in sorted({*was.parameters, *now.parameters} - filled(shown["fills"], place).keys())
        if was.parameters.get(element) not in (now.parameters.get(element), AS_ENTERED)
    ]


def _draft(systems: Systems, obj: ExportObject, candidate: Candidate, fields: Sequence[FormField]) -> Document:
    """The document with the proposals.

    What a field without one leads to is found by filling it in twice: what differs depends on it.

    Raises:
        FixRecord: the calls themselves depend on the form.
    """
    proposed = {field.name: field.proposal for field in fields}
    gaps = [field for field in fields if field.required and not field.proposal]

    def filled(number: int) -> Document:
        sample = {field.name: _sample(field, number, place) for place, field in enumerate(gaps)}
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


def _sample(field: FormField, number: int, place: int) -> str:
    """A value to try a field with, another one for each number; no choice where a line beside it may have it already,
    since lines of one key become one."""
    fills_one_call = any("#" in element for element in field.fills)
    if field.choices and not fills_one_call:
        return field.choices[number % len(field.choices)]
    return "AB"[number] + (str(place) if place else "")


def _common(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    return {element: value if other[element] == value else AS_ENTERED for element, value in one.items()}


def changed_since(systems: Systems, shown: Mapping[str, Any], document: Document) -> list[str]:
    """Where Spectrum now holds something else than the approver was shown, in words.

    What was typed may be part of a key: a call is the one that was shown if all else of its key is.
    """
    if "document" not in shown:
        return []
    typed = {named.partition("#")[0] for elements in shown.get("fills", {}).values() for named in elements}
    calls = zip(Document.from_json(shown["document"]).calls, shown["held"], strict=True)
    before = {_place(call, typed): current for call, current in calls if AS_ENTERED not in call.key.values()}
    compared = [call for call in document.calls if not call.adds and _place(call, typed) in before]
    changes = []
    for call, current in zip(compared, _current_values(systems, compared), strict=True):
        was, now = before[_place(call, typed)] or {}, current or {}
        changes += [
            f"{compare.name_of(call)}, {element}: was {was.get(element)!r}, is now {now.get(element)!r}"
            for element in call.fields
            if was.get(element) != now.get(element)
        ]
    return changes


def in_short(changes: Sequence[str]) -> str:
    """The first changes, for a reason: a settings' change shows in every line."""
    return "; ".join(changes[:_MAX_CHANGES]) + (" and more" if len(changes) > _MAX_CHANGES else "")


def table(shown: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """What would be written as rows of call, element, what Spectrum holds now, what it will be."""
    document = Document.from_json(shown["document"])
    rows = []
    for call, current in zip(document.calls, shown["held"], strict=True):
        elements: Sequence[tuple[str, str]] = [*call.fields.items()] or [*call.key.items()]
        for element, value in elements:
            rows.append((compare.name_of(call), element, _now(call, current, element), value))
    return rows


def _current_values(systems: Systems, calls: Sequence[Call]) -> list[dict[str, str] | None]:
    """What Spectrum holds of each; None where that depends on the form, or cannot be read back."""
    known = [call for call in calls if AS_ENTERED not in call.key.values()]
    found = iter(systems.spectrum.all_current_values(known))
    return [None if AS_ENTERED in call.key.values() else next(found) for call in calls]


def _place(call: Call, typed: Collection[str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    return call.service, tuple(sorted((element, value) for element, value in call.key.items() if element not in typed))


def _now(call: Call, current: Mapping[str, str] | None, element: str) -> str:
    if AS_ENTERED in call.key.values():
        return "(not known yet)"
    if current is None:
        return "(nothing)"
    return current.get(element, "(not readable)")
