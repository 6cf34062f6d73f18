"""Characters that PostgreSQL or XML cannot hold, and the marks that stand for them from the source to the check.

A text that holds one would stop a whole table: COPY refuses CHAR(0), and an XML parser ends at a forbidden character.
Where a text enters, each such character becomes a mark, one for one; `staging.cast` takes the marks out of texts, notes
them, and rejects the rows whose key holds one. Marks are noncharacters of Unicode (U+FDD0 to U+FDEF), which no text
should hold: the control character of code n is the mark U+FDD0 + n, so that two keys stay two.
"""

from __future__ import annotations

import codecs
import re

_FIRST = 0xFDD0
#: Tabulator and the two line ends are forbidden nowhere: their places stand for what is no control character.
INVALID_BYTES = chr(_FIRST + 0x09)
_SURROGATE = chr(_FIRST + 0x0A)
_NONCHARACTER = chr(_FIRST + 0x0D)

#: All marks.
MARKS = "".join(chr(_FIRST + code) for code in range(0x20))
#: What people see in their place, one for one: the symbols for control characters, and the replacement character.
SYMBOLS = "".join("\ufffd" if code in (0x09, 0x0A, 0x0D) else chr(0x2400 + code) for code in range(0x20))

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_DATABASE = re.compile("[\x00\ud800-\udfff]")
_MARK = re.compile(f"[{MARKS[0]}-{MARKS[-1]}]")
_ANY = re.compile(f"[\x00\ud800-\udfff{MARKS[0]}-{MARKS[-1]}]")
_PLAIN = str.maketrans({mark: chr(code) for code, mark in enumerate(MARKS) if code not in (0x09, 0x0A, 0x0D)})
_SHOWN = str.maketrans(MARKS, SYMBOLS)

#: Name of the error handler for `bytes.decode` that puts a mark in the place of what is not text.
MARK_INVALID = "spectrum_etl.mark_invalid"
codecs.register_error(MARK_INVALID, lambda error: (INVALID_BYTES, error.end))  # type: ignore[attr-defined]


def mark_for_xml(text: str) -> str:
    """A text with marks in place of what XML 1.0 cannot hold; PostgreSQL can hold it then, too.

    Source: https://www.w3.org/TR/xml/#charsets.
    """
    return _NOT_IN_XML.sub(_mark_of, text)


def mark_for_database(text: str) -> str:
    """A text with marks in place of what PostgreSQL cannot hold: CHAR(0), and halves of a character."""
    if "\x00" not in text and text.isascii():
        return text
    return _NOT_IN_DATABASE.sub(_mark_of, text)


def has_mark(text: str) -> bool:
    """Whether a text holds a mark."""
    return not text.isascii() and _MARK.search(text) is not None


def needs_a_look(text: str) -> bool:
    """Whether a text, such as all values of many rows, holds a mark or a character that PostgreSQL cannot hold."""
    return "\x00" in text or (not text.isascii() and _ANY.search(text) is not None)


def mark_of_code(code: int) -> str | None:
    """The mark of a code point, for a character reference of XML; None for one that XML can hold."""
    if code > 0x10FFFF:
        return _NONCHARACTER
    character = chr(code)
    return mark_for_xml(character) if _NOT_IN_XML.match(character) else None


def as_stored(text: str) -> str:
    """A text as the source holds it, to look it up there: control characters in place of their marks."""
    return text.translate(_PLAIN)


def shown(text: str) -> str:
    """A text for people: symbols in place of marks."""
    return text.translate(_SHOWN)


def _mark_of(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(_FIRST + code)
    return _SURROGATE if code < 0xFFFE else _NONCHARACTER
