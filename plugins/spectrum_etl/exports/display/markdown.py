"""What would be written as Markdown, for Airflow's own form: what all lines share once, then a row a line.

The page shows the same sections; here each cell says from what to what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from spectrum_etl.model.display import visible

Json = Mapping[str, Any]


def as_markdown(sections: Iterable[Json]) -> str:
    """Sections as `exports.display.view` gives them: a heading, what its lines share, and a table of what differs."""
    stated: set[tuple[str, str]] = set()
    return "\n\n".join(part for section in sections for part in _section(section, stated))


def escape_markdown(text: str) -> str:
    """Text that stays in its cell, and is no markup: both systems let people type anything."""
    marked = "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!~&" else c for c in visible(text))
    return " ".join(marked.split())


def _section(section: Json, stated: set[tuple[str, str]]) -> list[str]:
    """Its parts; which record it is about is said once for all sections."""
    new = bool(section["new"])
    parts = [f"**{escape_markdown(section['title'])}**" + (" (Spectrum has nothing of it now)" if new else "")]
    if any(line["exists"] for line in section["lines"]):
        parts.append("Spectrum has this already. It is not overwritten: the export would fail. Choose another id.")
    news = [fact for fact in section["facts"] if not (fact["key"] and (fact["label"], fact["value"]) in stated)]
    stated |= {(fact["label"], fact["value"]) for fact in section["facts"]}
    if news:
        parts.append("\n".join(f"- {escape_markdown(fact['label'])}: {_cell(fact, new=new)}" for fact in news))
    lines = [[*line["key"], *line["cells"]] for line in section["lines"]]
    columns = {cell["element"]: cell["label"] for line in lines for cell in line}
    if columns:
        rows = [_row(line, list(columns), new=new) for line in lines]
        head = [[escape_markdown(label) for label in columns.values()], ["---"] * len(columns)]
        parts.append("\n".join(f"| {' | '.join(row)} |" for row in (*head, *rows)))
    return parts


def _row(line: Sequence[Json], columns: Sequence[str], *, new: bool) -> list[str]:
    cells = {cell["element"]: _cell(cell, new=new) for cell in line}
    return [cells.get(element, "") for element in columns]


def _cell(cell: Json, *, new: bool) -> str:
    """What it will be, and what it is now where Spectrum has something else; nothing to say where all of it is new."""
    value = _value(cell, cell["value"])
    if cell["key"] or cell["same"]:
        return value
    if cell["now"] is not None:
        return f"{value} (now {_value(cell, cell['now']) or 'empty'})"
    note = escape_markdown(cell["note"]) or ("" if new else "now nothing")
    return f"{value} ({note})" if note else value


def _value(cell: Json, text: str) -> str:
    return f"{Decimal(text):,.2f}" if cell["amount"] and _is_number(text) else escape_markdown(text)


def _is_number(text: str) -> bool:
    return text.replace("-", "", 1).replace(".", "", 1).isdigit()
