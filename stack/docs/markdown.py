"""Markdown tables, and the markers between which generated parts of a page stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

_BLOCK = re.compile(
    r"(?P<begin><!-- generated: (?P<name>[a-z-]+)[^>]*-->\n)(?P<body>.*?)(?P<end><!-- end of (?P=name) -->)", re.DOTALL
)
#: Rule numbers of the requirements, which mean nothing to a reader: ` (E1-E4)`, ` (A2, B1)`.
_NUMBERS = re.compile(r" \([A-M]\d+(?:(?:-|, )[A-M]\d+)*\)")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown in which a line break or a bar would end the cell."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell(text) for text in line)} |" for line in lines)


def cell(text: str) -> str:
    """Text that stays in its cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Text as code; nothing for nothing."""
    return f"`{text}`" if text else ""


def plain(text: str) -> str:
    """A sentence of a docstring without the numbers of requirements."""
    return _NUMBERS.sub("", " ".join(text.split()))


def names(page: str) -> list[str]:
    """The names of a page's generated parts."""
    return [block["name"] for block in _BLOCK.finditer(page)]


def body(page: str, name: str) -> str:
    """What stands in a generated part; `KeyError` where the page has none of that name."""
    return {block["name"]: block["body"] for block in _BLOCK.finditer(page)}[name]


def fill(page: str, blocks: Mapping[str, str]) -> str:
    """A page with its generated parts renewed.

    Args:
        page: its text.
        blocks: the new parts by name.

    Raises:
        KeyError: the page has markers for a part that is not given.
    """
    return _BLOCK.sub(lambda block: f"{block['begin']}\n{blocks[block['name']]}\n\n{block['end']}", page)
