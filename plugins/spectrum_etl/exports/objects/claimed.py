"""Keys of Spectrum that a document writes under, beside its own."""

from __future__ import annotations

from collections.abc import Iterator

from spectrum_etl.exports.document import Document
from spectrum_etl.exports.spectrum.values import date_of
from spectrum_etl.links.keys import Key


def phases(document: Document) -> Iterator[Key]:
    """The phases of the job. Whole ones: AddPhase of one cost type also writes what all of a phase share (B2)."""
    found = {(call.key["Job_Number"], call.key["Phase_Code"]) for call in document.calls if call.service == "AddPhase"}
    for job, phase in sorted(found):
        yield Key("phase", f"{job}/{phase}")


def projections(document: Document) -> Iterator[Key]:
    """The projection of the job on its date."""
    for job, day in sorted({(call.key["Job_Number"], call.key["Transaction_Date"]) for call in document.calls}):
        yield Key("projection", f"{job}/{date_of(day) or day}")
