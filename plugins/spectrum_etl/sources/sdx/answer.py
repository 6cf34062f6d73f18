"""Parses a SOAP answer record by record, in constant memory, and tells exactly whether it is whole.

The wrapping of an answer is not published: records are the `<response>` elements wherever they stand. Larger answers
are known to arrive without their last closing tags, every record being whole (third-party observation).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from lxml import etree

from spectrum_etl.errors import SpectrumEtlError, StopSync
from spectrum_etl.sources.faults import AnswerCut
from spectrum_etl.sources.sdx import faults
from spectrum_etl.sources.sdx.clean import Cleaner
from spectrum_etl.sources.sdx.faults import ServiceCall
from spectrum_etl.sources.sdx.services import RECORD_KEYS, is_blank, record_key

_RECORD_END = re.compile(rb"</(?:[\w.-]+:)?response\s*>")
#: Closing tags are looked for in this many bytes at the end of an answer.
_TAIL = 8 * 1024
#: So much of an answer, in bytes, without the end of a record is not an answer of a service: before the first, between
#: two, after the last. What is not a record is kept in memory until the next one, at 40 times its length at worst.
_LONGEST_WITHOUT_RECORD = 1024 * 1024
#: Services have tens of fields.
_MAX_NAMES = 10_000


@dataclass
class AnswerSummary:
    """What is known of an answer once all of it was parsed.

    Args:
        warning: words of its warning row; None without one.
        blank_records: records in which every field was blank; they are not passed on.
        tail_missing: it ended after a whole record, and only closing tags are missing.
    """

    warning: str | None = None
    blank_records: int = 0
    tail_missing: bool = False


class AnswerParser:
    """Parses one answer.

    Args:
        call: what was asked, for messages.
        safe: makes server text safe for a message.
    """

    def __init__(self, call: ServiceCall, safe: Callable[[str], str]) -> None:
        self.outcome = AnswerSummary()
        self._call = call
        self._safe = safe
        self._names: dict[str, str] = {}
        self._count = 0
        self._parent: etree._Element | None = None
        self._last: dict[str, str] = {}

    def records(self, chunks: Iterable[bytes]) -> Iterator[dict[str, str]]:
        """The records of an answer, fields as sent, without the error triple. `outcome` is complete at the end.

        The records count only once this iterator has ended without an error.

        Args:
            chunks: the body, in pieces of any size.

        Raises:
            AnswerCut: it ends inside a record, or is not well-formed.
            StopSync: it is no answer of the service, or has a structure that cannot be read without a loss.
            SpectrumEtlError: it holds a fault or an error triple.
        """
        parser = etree.XMLPullParser(
            events=("end",),
            tag=("{*}response", "{*}Fault"),
            resolve_entities=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            encoding="utf-8",
        )
        tail = b""
        size = since = 0
        for chunk in _cleaned(chunks):
            if not size:
                chunk = chunk.lstrip()
            if not chunk:
                continue
            size += len(chunk)
            tail = (tail + chunk)[-_TAIL:]
            self._feed(parser, chunk)
            before = self._count
            yield from self._drain(parser)
            since = 0 if self._count > before else since + len(chunk)
            if since > _LONGEST_WITHOUT_RECORD:
                raise self._foreign("more than a megabyte without a record")
            if len(self._names) > _MAX_NAMES:
                raise self._foreign("thousands of different fields")
        if not size:
            raise self._cut("it is empty")
        root = self._close(parser, tail)
        self._recognise(root)

    def _feed(self, parser: etree.XMLPullParser, chunk: bytes) -> None:
        try:
            parser.feed(chunk)
        except etree.XMLSyntaxError as error:
            # Only the place is told: the parser's own words quote the data.
            line, column = error.position
            for _ in self._drain(parser):
                pass  # the records before that place: the message names the last one
            raise self._cut(f"it is not well-formed XML at line {line}, column {column}") from None

    def _drain(self, parser: etree.XMLPullParser) -> Iterator[dict[str, str]]:
        for _event, found in parser.read_events():
            element = cast(etree._Element, found)
            if self._names.get(element.tag) is None:
                self._names[element.tag] = etree.QName(element).localname
            if self._names[element.tag] == "Fault":
                raise faults.from_fault_element(self._call, element, self._safe)
            self._count += 1
            fields = self._fields(element)
            parent = element.getparent()
            if parent is not self._parent:
                self._refuse_nested(element)
                self._parent = parent
            element.clear()
            self._forget_before(element)
            if self._is_data(fields):
                self._last = fields
                yield fields

    @staticmethod
    def _forget_before(element: etree._Element) -> None:
        """Drop what stands before a record, beside it and beside what holds it: nothing looks at it again."""
        inner: etree._Element | None = element
        while inner is not None:
            outer = inner.getparent()
            while outer is not None and outer[0] is not inner:
                del outer[0]
            inner = outer

    def _fields(self, element: etree._Element) -> dict[str, str]:
        fields: dict[str, str] = {}
        names = self._names
        for child in element:
            if len(child) or child.tag is etree.Entity:
                raise self._foreign("a record holds fields inside a field, or entities")
            tag = child.tag
            try:
                name = names[tag]
            except KeyError:
                name = etree.QName(child).localname
                name = names[tag] = faults.ERROR_FIELDS.get(name.casefold(), name)
            value = child.text or ""
            if fields.setdefault(name, value) != value:
                raise self._foreign(f"a record holds the field {name} twice, with different values")
        if (element.text or "").strip():
            raise self._foreign("a record holds text outside its fields")
        return fields

    def _is_data(self, fields: dict[str, str]) -> bool:
        """Take the error triple off; whether a record is left."""
        triple = faults.take_triple(fields)
        if triple:
            code, text, column = triple
            if code not in faults.GOOD_CODES:
                raise faults.from_record(self._call, self._safe(code), self._safe(text), self._safe(column))
            if code == "W":
                self.outcome.warning = self._safe(text) or "(without a text)"
                return self._names_a_record(fields)
        for value in fields.values():
            if not is_blank(value):
                return True
        self.outcome.blank_records += 1
        return False

    def _names_a_record(self, fields: dict[str, str]) -> bool:
        """Whether a row with a warning is a record beside: the row that only warns has no key (documented)."""
        key = record_key(self._call.service, fields)
        return any(key[1:]) if self._call.service in RECORD_KEYS else not all(map(is_blank, fields.values()))

    def _refuse_nested(self, element: etree._Element) -> None:
        if any(etree.QName(ancestor).localname == "response" for ancestor in element.iterancestors()):
            raise self._foreign("a record holds another record")

    def _close(self, parser: etree.XMLPullParser, tail: bytes) -> etree._Element:
        """End the parse. Where only closing tags are missing, the parser proves it by accepting exactly those."""
        missing = self._missing_tags(tail)
        try:
            if missing:
                parser.feed(missing)
            root = parser.close()
        except etree.XMLSyntaxError:
            raise self._cut("it ends early") from None
        self.outcome.tail_missing = bool(missing)
        return root

    def _missing_tags(self, tail: bytes) -> bytes:
        """The closing tags that are missing, if what follows the last record is the beginning of them."""
        ends = list(_RECORD_END.finditer(tail))
        if not ends or self._parent is None:
            return b""
        closing = b""
        for element in (self._parent, *self._parent.iterancestors()):
            name = etree.QName(element).localname
            closing += f"</{element.prefix}:{name}>".encode() if element.prefix else f"</{name}>".encode()
        there = b"".join(tail[ends[-1].end() :].split())
        # A lone < at the end may as well begin another record.
        return closing[len(there) :] if closing.startswith(there) and not there.endswith(b"<") else b""

    def _recognise(self, root: etree._Element) -> None:
        """An answer without records must at least be one of the service: a login page is not."""
        if self._count:
            return
        method = self._call.service.casefold()
        for element in root.iter("*"):
            if etree.QName(element).localname.casefold() in {method, f"{method}response"}:
                return
        raise self._foreign(f"its root is <{etree.QName(root).localname}> and it holds no record")

    def _place(self) -> str | None:
        """The last record that was read, so that the one that cannot be can be found in Spectrum."""
        key = [value for value in record_key(self._call.service, self._last)[1:] if value] if self._last else []
        return f"after the record {' '.join(key)}" if key else None

    def _cut(self, why: str) -> AnswerCut:
        return AnswerCut(
            f"the answer ({self._call.filters}) is incomplete and was discarded: {why} "
            f"after {self._count} whole records",
            record=self._place(),
            object=self._call.service,
            company=self._call.company,
            remedy="run the task again; if it persists, set the reader of this object to infolink in "
            "include/settings.yaml",
        )

    def _foreign(self, why: str) -> SpectrumEtlError:
        return StopSync(
            f"the answer cannot be read ({self._call.filters}): {why}",
            record=self._place(),
            object=self._call.service,
            company=self._call.company,
            remedy="check that host and port of the Airflow connection lead to Spectrum's Data Exchange, and what the "
            "service answers in its Excel add-in; read the object by Info-Link meanwhile",
        )


def _cleaned(chunks: Iterable[bytes]) -> Iterator[bytes]:
    cleaner = Cleaner()
    for chunk in chunks:
        yield cleaner.feed(chunk)
    yield cleaner.end()
