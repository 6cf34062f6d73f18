"""Reads the answer of a writing service: what was executed, warned of, or refused field by field.

Documented are several `<response>` elements with `error_code`, `desc` and `column`, one per bad field; reads spell the
three otherwise, so both are taken. How success looks is not published: an empty list, a record with code G (or S), or
one with an empty code. Source: help.trimble.com/en/spectrum/spectrum/api-web-services/web-service-responses
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from spectrum_etl.sources.faults import FieldMessage, Unreadable
from spectrum_etl.sources.sdx import faults
from spectrum_etl.sources.sdx.clean import clean
from spectrum_etl.sources.sdx.faults import ServiceCall

_CODES = ("error_code",)
_DESCRIPTIONS = ("desc", "error_description")
_COLUMNS = ("column", "error_column")


#: After every answer that does not tell whether the call was executed.
LOOK_UP = "look the record up in Spectrum before anything is sent again; the call may still be running there"


@dataclass(frozen=True)
class Note:
    """One line of an answer that is no error: a warning, or what Spectrum has to say of an element.

    Args:
        code: in upper case: W warning, G or S good, or empty.
        description: Spectrum's words, redacted.
        column: the element; may be empty.
    """

    code: str
    description: str
    column: str

    @property
    def text(self) -> str:
        """In words."""
        return f"{self.column}: {self.description}" if self.column else self.description


@dataclass(frozen=True)
class WriteAnswer:
    """What a writing service answered.

    Args:
        notes: lines that are no errors and say something.
        bad: lines that are errors; never there in an answer that `SpectrumWriter.write` returns.
    """

    notes: tuple[Note, ...] = ()
    bad: tuple[FieldMessage, ...] = ()

    def __str__(self) -> str:
        """For people, who find it in the ledger: that it was executed, and what Spectrum had to say."""
        return "; ".join(filter(None, ["executed", self.said]))

    @property
    def said(self) -> str:
        """What Spectrum had to say, in words; empty where it said nothing."""
        return "; ".join(note.text for note in self.notes)

    @property
    def warnings(self) -> tuple[Note, ...]:
        """Those of the notes that are warnings: the call was executed, and somebody should know."""
        return tuple(note for note in self.notes if note.code == "W")


def parse(call: ServiceCall, content: bytes, safe: Callable[[str], str]) -> WriteAnswer:
    """The whole answer of a write.

    Args:
        call: what was sent, for messages.
        content: the body.
        safe: makes server text safe for a message.

    Raises:
        Unreadable: it is cut, not well-formed, or no answer of the service: nothing can be told from it.
        SpectrumEtlError: it is a SOAP fault; the class says which.
    """
    # Spectrum's words may quote a character that XML cannot hold: whether a call was executed must not hang on that.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(clean(content).strip(), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise Unreadable(f"the answer is not complete XML (line {line}, column {column})", remedy=LOOK_UP) from None
    fault = next(root.iter("{*}Fault"), None)
    if fault is not None:
        raise faults.from_fault_element(call, fault, safe)
    if not any(_name(element) in {f"{call.service}response".casefold(), "returnarray"} for element in root.iter("*")):
        raise Unreadable(
            f"the answer is not one of this service: its root is <{etree.QName(root).localname}>", remedy=LOOK_UP
        )
    notes: list[Note] = []
    bad: list[FieldMessage] = []
    for record in root.iter("{*}response"):
        if len(record) or (record.text or "").strip():
            _read(record, safe, notes, bad)
    return WriteAnswer(tuple(notes), tuple(bad))


def _read(record: etree._Element, safe: Callable[[str], str], notes: list[Note], bad: list[FieldMessage]) -> None:
    fields = {_name(child): (child.text or "").strip() for child in record}
    if not any(name in fields for name in _CODES):
        raise Unreadable("the answer holds a record without an error code", remedy=LOOK_UP)
    code = _of(fields, _CODES).upper()
    description, column = safe(_of(fields, _DESCRIPTIONS)), safe(_of(fields, _COLUMNS))
    if code not in faults.GOOD_CODES:
        bad.append(FieldMessage(column, description, safe(code)))
    elif description or column or code == "W":
        notes.append(Note(code, description, column))


def _of(fields: dict[str, str], names: tuple[str, ...]) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname.casefold()
