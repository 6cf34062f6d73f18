"""A document as accountants read it: what all lines share once, then line by line, from what to what, with totals.

Every element of every call is in it: what is approved is what is written.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from spectrum_etl.exports.display import words
from spectrum_etl.exports.document import Call
from spectrum_etl.exports.form_field import filled
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.exports.spectrum.values import comparable

CurrentValues = Mapping[str, str] | None
Fills = Mapping[str, Sequence[str]]
Json = dict[str, Any]

#: Stands where the form decides and proposes nothing.
AS_ENTERED = "(as you enter it)"


def view(
    calls: Sequence[Call], current: Sequence[CurrentValues] | None = None, fills: Fills | None = None
) -> list[Json]:
    """A document in sections, one for each service that it calls.

    Args:
        calls: the document's, in their order.
        current: what Spectrum holds under the key of each; None where it was not asked: of what was written earlier.
        fills: the elements that take an answer, by the form's field, as `FormField.fills`.

    Returns:
        Sections: `title`; `facts`, which hold for all of its calls; `lines`, each with `key`, `cells`, and `exists`,
        whether Spectrum holds a record under a key that must be new; `totals` of its amounts; `new`, whether all of it
        is. A fact or cell has `label`, `element`, `value`, `key` (whether it says which record), `now`, `note` (why
        there is no `now`), `same` (Spectrum holds the value already), `amount`, `number`, and `field` (the field of
        the form that it takes).
    """
    values = [None] * len(calls) if current is None else current
    fields = [filled(fills or {}, place) for place in range(1, len(calls) + 1)]
    lines = [_Line(*each) for each in zip(calls, values, fields, strict=True)]
    return [
        _section(service, list(group), asked=current is not None)
        for service, group in itertools.groupby(lines, key=lambda line: line.call.service)
    ]


def totals(sections: Iterable[Mapping[str, Any]]) -> list[Json]:
    """The totals of all sections."""
    return [total for section in sections for total in section["totals"]]


class _Line(NamedTuple):
    """One call, what Spectrum holds under its key, and the fields of the form that its elements take."""

    call: Call
    current: CurrentValues
    fields: Mapping[str, str]


def _section(service: str, own_lines: Sequence[_Line], *, asked: bool) -> Json:
    pairs = [(line.call, line.current) for line in own_lines]
    calls = [call for call, _ in pairs]
    shared = [element for element in _elements(calls) if _is_shared(element, pairs)]
    lines = []
    for call, current, fields in own_lines:
        own = [element for element in _elements([call]) if element not in shared]
        key = [element for element in own if element in call.key]
        lines.append(
            {
                "key": [_cell(call, current, element, fields, asked=asked) for element in key],
                "cells": [_cell(call, current, element, fields, asked=asked) for element in own if element not in key],
                "exists": call.adds and current is not None,
            }
        )
    first, first_current, first_fields = own_lines[0]
    return {
        "title": words.SERVICE_TITLES.get(service, service),
        "service": service,
        "facts": [_cell(first, first_current, element, first_fields, asked=asked) for element in shared],
        "lines": [line for line in lines if line["key"] or line["cells"] or line["exists"]],
        "totals": _totals(pairs, asked=asked),
        "new": asked and all(call.adds and current is None for call, current in pairs),
    }


def _elements(calls: Iterable[Call]) -> list[str]:
    """All elements of some calls of one service, in its documented order; the company is shown elsewhere."""
    found = {(words.place(call.service, name), name) for call in calls for name in call.parameters}
    return [name for _, name in sorted(found) if name != "Company_Code"]


def _is_shared(element: str, pairs: Sequence[tuple[Call, CurrentValues]]) -> bool:
    """Whether an element is shown once for all calls: it is the same in each, and so is what Spectrum holds of it."""
    if element in words.LINE_KEY or element in words.LINE_TEXT:
        return False
    values = {call.parameters.get(element) for call, _ in pairs}
    now = {None if current is None else current.get(element) for _, current in pairs}
    if len(values) > 1 or len(now) > 1:
        return False
    # An amount belongs to its line; only one that is nought throughout says nothing there.
    return element not in words.AMOUNTS or (len(pairs) > 1 and _number(pairs[0][0].parameters[element]) == 0)


def _cell(call: Call, current: CurrentValues, element: str, fields: Mapping[str, str], *, asked: bool) -> Json:
    value, is_key = call.parameters[element], element in call.key
    now, note = None, ""
    if asked and not is_key:
        if AS_ENTERED in call.key.values():
            note = "" if call.adds else "not known yet"
        elif current is not None and element in current:
            now = current[element]
        elif current is not None:
            note = "cannot be read"
    return {
        "label": words.label(call.service, element),
        "element": f"{call.service}.{element}",
        "value": value,
        "key": is_key,
        "now": now,
        "note": note,
        "same": now is not None and comparable(call.service, element, value) == now,
        "amount": element in words.AMOUNTS,
        "number": _is_number(call.service, element),
        "field": fields.get(element),
    }


def _totals(pairs: Sequence[tuple[Call, CurrentValues]], *, asked: bool) -> list[Json]:
    """The sum of every amount over the calls that have it, and of what Spectrum holds of the same now."""
    found = []
    for element in _elements([call for call, _ in pairs]):
        if element not in words.AMOUNTS:
            continue
        having = [(call, current) for call, current in pairs if element in call.parameters]
        amounts = [_number(call.parameters[element]) for call, _ in having]
        if None in amounts:
            continue
        before = [
            _number(current[element]) if current is not None and element in current else None for _, current in having
        ]
        known = asked and bool(before) and None not in before
        found.append(
            {
                "label": words.AMOUNTS[element],
                "element": element,
                "amount": f"{sum(filter(None, amounts), Decimal('0.00')):.2f}",
                "now": f"{sum(filter(None, before), Decimal('0.00')):.2f}" if known else None,
                "lines": len(having),
            }
        )
    # A document that moves money elsewhere says nothing by a total of nought.
    telling = [total for total in found if Decimal(str(total["amount"])) or Decimal(str(total["now"] or 0))]
    return telling or found


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _is_number(service: str, element: str) -> bool:
    layout = SERVICES[service].elements.get(element) if service in SERVICES else None
    return layout is not None and layout.kind == "number"


def name_of(call: Call) -> str:
    """A call as accountants call it, e.g. `Lines of the subcontract, Phase 015400, Cost type S`."""
    line = [element for element in _elements([call]) if element in words.LINE_KEY and element in call.key]
    named = line or [element for element in _elements([call]) if element in call.key]
    key = (f"{words.label(call.service, element)} {call.key[element]}" for element in named)
    return ", ".join((words.SERVICE_TITLES.get(call.service, call.service), *key))
