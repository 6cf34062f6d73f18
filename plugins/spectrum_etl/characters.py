"""Characters that a JSON text can hold, and PostgreSQL, XML or a form cannot. Used wherever outside words come in.

A JSON text may hold any code point, escaped: NUL, which PostgreSQL refuses in text and jsonb; surrogates without their
other half, which are no Unicode text at all; control characters and U+FFFE, which XML 1.0 excludes
(https://www.w3.org/TR/xml/#charsets). Words are kept and shown with such a character escaped, `\\u0000`, so that one of
them never stops what is about other records; what holds one is never sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_REFUSED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: What is shown of a text on either side of such a character.
_AROUND = 30


def escaped(text: str) -> str:
    """A text that everything can hold: each refused character as `\\u0000`, with its number."""
    return _REFUSED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def escaped_all(value: Any) -> Any:
    """A JSON value with all its texts as `escaped` gives them."""
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, Mapping):
        return {name: escaped_all(part) for name, part in value.items()}
    return [escaped_all(part) for part in value] if isinstance(value, list | tuple) else value


def refused(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """The texts of a JSON value that hold a refused character.

    Args:
        value: text, list, object, or anything that holds none.
        field: what it is called.

    Returns:
        Field and, of its text, what surrounds the first such character, escaped. A field of an object in a list is
        named by that object's `name`, else by its place: `line 2: description`, `codes 3: description`.
    """
    if isinstance(value, str):
        if found := _REFUSED.search(value):
            before, behind = value[: found.start()], value[found.end() :]
            yield (
                field,
                escaped(
                    f"{'…' if len(before) > _AROUND else ''}{before[-_AROUND:]}{found[0]}{behind[:_AROUND]}"
                    f"{'…' if len(behind) > _AROUND else ''}"
                ),
            )
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from refused(part, f"{field}: {name}" if field else str(name))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value, start=1):
            named = part.get("name") if isinstance(part, Mapping) else None
            yield from refused(part, escaped(str(named)) if named else f"{field} {number}")
