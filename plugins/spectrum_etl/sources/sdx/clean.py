"""Makes an XML answer readable that holds what XML cannot: it becomes marks (`characters`). Used by the parsers.

A single forbidden character, as a reference (`&#x1B;`), as it is, or as bytes that are no text, would otherwise end the
parse, and with it every record of the answer.
"""

from __future__ import annotations

import codecs
import re

from spectrum_etl.character_marks import MARK_INVALID, mark_for_xml, mark_of_code

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
#: Bytes at the beginning of an answer in which its encoding is declared.
_DECLARATION = 512
_CONTROLS = bytes(code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D))
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]+)|([0-9]+));")
#: A reference is no longer than this, in characters.
_LONGEST_REFERENCE = 16


class Cleaner:
    """Cleans one answer, piece by piece; what it gives is UTF-8."""

    def __init__(self) -> None:
        self._start: bytes | None = b""
        self._decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder("utf-8")(MARK_INVALID)
        self._rest = ""

    def feed(self, chunk: bytes) -> bytes:
        """The next piece; what may go on in the one after it is kept back."""
        if self._start is not None:
            self._start += chunk
            if len(self._start) < _DECLARATION and b"?>" not in self._start:
                return b""
            chunk = self._begin()
        return self._clean(self._decoder.decode(chunk), end=False)

    def end(self) -> bytes:
        """What was kept back."""
        chunk = self._begin() if self._start is not None else b""
        return self._clean(self._decoder.decode(chunk, final=True), end=True)

    def _begin(self) -> bytes:
        start, self._start = self._start or b"", None
        self._decoder = codecs.getincrementaldecoder(_encoding(start))(MARK_INVALID)
        return start

    def _clean(self, text: str, end: bool) -> bytes:
        text = self._rest + text
        self._rest = ""
        if not end:
            # A reference that is cut by the end of the piece is looked at with the next one.
            place = text.rfind("&", max(0, len(text) - _LONGEST_REFERENCE))
            if place >= 0 and ";" not in text[place:]:
                text, self._rest = text[:place], text[place:]
        if "&#" in text:
            text = _REFERENCE.sub(_referenced, text)
        encoded = text.encode("utf-8", "surrogatepass")
        if text.isascii() and len(encoded.translate(None, _CONTROLS)) == len(encoded):
            return encoded
        return mark_for_xml(text).encode()


def clean(body: bytes) -> bytes:
    """A whole answer, cleaned."""
    cleaner = Cleaner()
    return cleaner.feed(body) + cleaner.end()


def _encoding(start: bytes) -> str:
    """The encoding of an answer: by its first bytes, else as declared, else UTF-8."""
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name
    declared = _DECLARED.match(start)
    name = declared[1].decode().casefold() if declared else "utf-8"
    try:
        found = codecs.lookup(name).name
        # What is declared in bytes that are one letter each is no encoding of two bytes a letter.
        return "utf-8" if found in ("ascii", "utf-16", "utf-32") or not codecs.lookup(name)._is_text_encoding else name
    except LookupError:
        return "utf-8"


def _referenced(found: re.Match[str]) -> str:
    try:
        code = int(found[1], 16) if found[1] else int(found[2])
    except ValueError:
        return found[0]
    return mark_of_code(code) or found[0]
