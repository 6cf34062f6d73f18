"""Compares what a call sends with what Spectrum holds, in one normal form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spectrum_etl.exports.document import Call, Document
from spectrum_etl.exports.spectrum import Spectrum
from spectrum_etl.exports.spectrum.values import comparable

CurrentValues = Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """One element of a call that Spectrum does not hold as it is sent.

    Args:
        element: its name.
        sent: its value as it is sent.
        current: what Spectrum holds; None where it holds nothing under the key.
    """

    element: str
    sent: str
    current: str | None


def differences(call: Call, current: CurrentValues | None) -> list[Difference]:
    """Where Spectrum differs from a call, among what can be read back; everywhere, where it holds nothing."""
    if current is None:
        return [Difference(element, value, None) for element, value in (call.fields or call.key).items()]
    return [
        Difference(element, value, current[element])
        for element, value in call.fields.items()
        if element in current and comparable(call.service, element, value) != current[element]
    ]


def holds_it(call: Call, current: CurrentValues | None) -> bool:
    """Whether Spectrum holds all that a call sends, as far as that can be read back."""
    return current is not None and not differences(call, current)


def name_of(call: Call) -> str:
    """A call as people read it, e.g. `UpdateSubcontractPhases, Subcontract_Number S-1, Phase_Code 01000`."""
    key = ", ".join(f"{element} {value}" for element, value in call.key.items() if element != "Company_Code")
    return f"{call.service}, {key}" if key else call.service


def in_words(call: Call, found: list[Difference]) -> str:
    """Differences for people: element, what was sent, what Spectrum holds."""
    if found and found[0].current is None:
        return f"{name_of(call)}: Spectrum holds nothing there"
    listed = "; ".join(f"{d.element}: sent {d.sent!r}, Spectrum holds {d.current!r}" for d in found)
    return f"{name_of(call)}: {listed}"


def unread_note(document: Document, spectrum: Spectrum) -> str | None:
    """What of a document cannot be read back to confirm it, in words; None where all can."""
    services: set[str] = set()
    elements: dict[str, set[str]] = {}
    for call in document.calls:
        if not spectrum.can_read_back(call.service, call.key):
            services.add(call.service)
        elif unread := spectrum.unread(call):
            elements.setdefault(call.service, set()).update(unread)
    parts = [f"what {', '.join(sorted(services))} wrote cannot be read back"] if services else []
    parts += [
        f"{', '.join(sorted(unread))} of {service} cannot be read back here" for service, unread in elements.items()
    ]
    return f"{'; '.join(parts)}, so it was not compared" if parts else None
