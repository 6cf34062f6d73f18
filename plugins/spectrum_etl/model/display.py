"""Text from other systems as people may be shown it."""

from __future__ import annotations

import re

#: Characters without a shape that change the order in which other letters are shown: a name that holds one reads as
#: another. https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
_REORDERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Text in which nothing is hidden: characters that reorder others are named, `[U+202E]`."""
    return _REORDERING.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
