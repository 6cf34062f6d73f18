"""Numbers as both systems write them in texts, read exactly or not at all. Used by facts, rules and values."""

from __future__ import annotations

import re
from decimal import Decimal

#: Python's own reading is wider: it takes `1_000`, digits of other scripts, NaN, and exponents that fill the memory.
_NUMBER = re.compile(r"[+-]?(?:\d{1,60}(?:\.\d{0,60})?|\.\d{1,60})(?:[eE][+-]?\d{1,2})?", re.ASCII)


def number_of(text: str) -> Decimal | None:
    """A decimal number, whatever its exponent; None where the text is none, or far longer than any amount."""
    return Decimal(text.strip()) if _NUMBER.fullmatch(text.strip()) else None
