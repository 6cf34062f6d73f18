"""Writes what a site's Info-Link has of every table and column that is read, as one file (O1).

For somebody who helps: names, types and counts of columns, and what the settings already say of them. No row, no value,
no host, login or password; of an error only its cause, since its words may name the server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml

from spectrum_etl.connections.closest import as_yaml
from spectrum_etl.connections.compared import ComparedColumn, ComparedTable, counts
from spectrum_etl.connections.result import Checked, Finding
from spectrum_etl.settings import Settings

_TOP = """\
# Info-Link of this site, compared with what is read of it

Every table and column that this package reads, company by company, and what was found. There are names, types and
counts of columns here, and no data. What to do with it: docs/setup.md, A site with other names.

- **found**: it is there under the name that is expected. **found as**: under another one, which the settings or the
  known alternatives name.
- **type differs**: it is there and read; the note says what is done about the type.
- **missing**: it was not found, and the note says what that affects. Similar names are shown; none is used
  before the settings say so.
- **not needed**: something else is there in its place. **not read**: employees, whom the settings leave out.
"""


_OTHERS = """\
### Other tables and views

Nothing reads or knows these {count}. A table that is missing above, and for which no similar name is shown, is among
them if it is here under another name:
"""


def site_description(settings: Settings, checked: Sequence[Checked], *, others: bool = True) -> str:
    """The file, in Markdown.

    Args:
        settings: of all companies.
        checked: what `check_infolink` found, of each company that has an Info-Link.
        others: whether the site's other tables are named where one is missing: a hosted site has thousands.
    """
    parts = [_TOP]
    for one in checked:
        parts.extend(_company(settings, one))
        if others and one.others:
            parts.append(_OTHERS.format(count=len(one.others)))
            parts.extend(f"- `{name}`" for name in one.others)
            parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def listed(tables: Sequence[ComparedTable]) -> str:
    """How many columns are in which state, in a line: `found 240, found as 3, missing 1`."""
    return ", ".join(f"{state} {number}" for state, number in counts(tables).items())


def _company(settings: Settings, checked: Checked) -> Iterator[str]:
    yield f"## Company {checked.company}\n"
    if checked.tables is None:
        yield f"Info-Link could not be asked ({checked.cause or 'other'}): run check_connections, which says why.\n"
        return
    if checked.cause == "unknown company":
        yield "No table holds a row of this company's code: see infolink_code in docs/setup.md.\n"
    shown = [table for table in checked.tables if table.here]
    yield f"{len(checked.tables)} tables, {len(shown)} of them found. Columns: {listed(checked.tables)}.\n"
    if pasted := _together(settings, checked):
        yield "All lines that are proposed below, with what the settings say already. Look at each of them first:\n"
        yield f"```yaml\n{pasted}```\n"
    for table in checked.tables:
        yield from _table(table)


def _table(table: ComparedTable) -> Iterator[str]:
    if not table.here:
        yield f"### {table.name}: missing\n"
    else:
        named = "found" if table.here == table.name else f"found as {table.here}"
        yield f"### {table.name}: {named}, {table.column_count} columns\n"
    if table.finding:
        yield from _proposal(table.finding, "")
    yield "| column | state | here | type | used by |\n| --- | --- | --- | --- | --- |"
    yield from (_row(column) for column in table.columns)
    yield ""
    for here, names in _read_twice(table):
        yield f"- `{here}` is read as {' and '.join(names)}, which is right only where this site keeps them in one.\n"
    for column in table.columns:
        if column.finding:
            yield from _proposal(column.finding, f"{column.column}: ")
    if table.unknown:
        yield f"Columns that nothing reads or knows: {', '.join(f'`{one}`' for one in table.unknown)}\n"


def _read_twice(table: ComparedTable) -> Iterator[tuple[str, list[str]]]:
    """Columns of the site that stand for several of the specs: the settings say so, and may have slipped."""
    found: dict[str, list[str]] = {}
    for column in table.columns:
        if column.here:
            found.setdefault(column.here, []).append(column.column)
    yield from ((here, names) for here, names in found.items() if len(names) > 1)


def _row(column: ComparedColumn) -> str:
    cells = (column.column, column.state, column.here, column.type, column.used_by)
    return "| " + " | ".join(cell.replace("|", "\\|") or "–" for cell in cells) + " |"


def _proposal(finding: Finding, name: str) -> Iterator[str]:
    effect = "stops what needs it" if finding.stops else "stops nothing"
    yield f"- {name}{finding.difference}, {effect}. {finding.detail}. Affects {finding.affects}."
    if finding.paste:
        yield f"  Closest match here: {finding.closest}. If that is the one, add to include/settings.yaml:\n"
        yield "\n".join(f"  {line}" for line in ("```yaml", *finding.paste.splitlines(), "```"))
    elif finding.closest:
        yield f"  Several names here match equally well: {finding.closest}. Put the right one into infolink.names."
    elif finding.difference == "missing":
        yield "  Nothing here has a similar name. If it is here under another name, give that name in infolink.names."
    yield ""


def _together(settings: Settings, checked: Checked) -> str:
    """The section `infolink` with everything that is proposed; blank where nothing is."""
    proposed = [finding.paste for finding in checked.findings or () if finding.paste]
    if not proposed:
        return ""
    section = settings.infolink.model_dump(exclude_defaults=True)
    for lines in proposed:
        _merge(section, yaml.safe_load(lines)["infolink"])
    return as_yaml({"infolink": section})


def _merge(into: dict[str, object], more: dict[str, object]) -> None:
    same = {name.upper(): name for name in into}  # names of Info-Link count without regard to case
    for written, value in more.items():
        name = same.get(written.upper(), written)
        known = into.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            _merge(known, value)
        else:
            into[name] = value
