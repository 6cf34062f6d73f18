"""Every table and column of Info-Link that the specs name, with what a site has of it (O1).

`infolink` compares and knows the differences; here each name gets its place beside them, so that what is as expected is
listed too. Read by `record`, `describe` and the log of the check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from spectrum_etl.connections.result import Finding
from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.spec import StagedObject, Table
from spectrum_etl.sources.infolink.lookup import Lookup
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.sources.infolink.site import SiteTable

State = Literal["found", "found as", "type differs", "missing", "not needed", "not read"]
#: In the order in which they are counted for people.
STATES: tuple[State, ...] = ("found", "found as", "type differs", "missing", "not needed", "not read")


@dataclass(frozen=True)
class ComparedColumn:
    """One column that the specs name.

    Args:
        table, column: names of the specs.
        state: `found`; `found as` another name of the settings or the specs; `type differs`; `missing`; `not needed`,
            where something else is there in its place; `not read`, for employees where the settings leave them out.
        here: what this site calls it; blank where it is not there.
        type: of the site's column.
        used_by: staged columns, and the exports.
        finding: what its difference affects, and what may be meant; None where there is none.
    """

    table: str
    column: str
    state: State
    here: str = ""
    type: str = ""
    used_by: str = ""
    finding: Finding | None = None


@dataclass(frozen=True)
class ComparedTable:
    """One table that the specs name.

    Args:
        name: in the specs.
        here: what this site calls it, with its schema where that is not dbo; blank where it is not shown.
        column_count: how many columns it has here.
        columns: those that the specs name.
        finding: why it cannot be read, and what may be meant; None where it can.
        unknown: its other columns that nobody knows, with their types.
    """

    name: str
    here: str
    column_count: int
    columns: tuple[ComparedColumn, ...]
    finding: Finding | None = None
    unknown: tuple[str, ...] = ()


@dataclass
class _Wanted:
    names: tuple[str, ...]
    used_by: list[str] = field(default_factory=list)
    read: bool = False


def compare_names(
    objects: Iterable[StagedObject],
    lookups: Iterable[Lookup],
    reader: InfoLinkReader,
    findings: Iterable[Finding],
    stage_employees: bool,
) -> tuple[ComparedTable, ...]:
    """Lay the names of the specs over a site.

    Args:
        objects: what is staged.
        lookups: what exports look up; none for a company that does not export.
        reader: inside its `with`.
        findings: all differences of the site.
        stage_employees: whether personal columns are read.
    """
    noted: dict[tuple[str, str, str], Finding] = {(f.subject, f.item.upper(), f.difference): f for f in findings}
    tables = []
    for name, wanted in _wanted(objects, lookups, stage_employees).items():
        try:
            site = reader.table(name)
        except FixConfiguration:
            site = None
        columns = tuple(_column(name, one, site, noted) for one in wanted.values())
        unknown = sorted(f.item for f in noted.values() if f.subject == name and f.difference == "new")
        typed = tuple(f"{item} {site.columns[item]}" for item in unknown if site and item in site.columns)
        here, count = (site.name, len(site.columns)) if site else ("", 0)
        tables.append(ComparedTable(name, here, count, columns, noted.get((name, "", "missing")), typed))
    return tuple(sorted(tables, key=lambda table: table.name))


def wanted_names(objects: Iterable[StagedObject], lookups: Iterable[Lookup]) -> dict[str, list[tuple[str, ...]]]:
    """Info-Link table -> the names that each column that is read of it may have.

    Args:
        objects, lookups: as for `compare_names`.
    """
    wanted = _wanted(objects, lookups, stage_employees=True)
    return {table: [one.names for one in columns.values()] for table, columns in wanted.items()}


def counts(tables: Iterable[ComparedTable]) -> dict[State, int]:
    """How many columns there are of each state that any is in."""
    found = [column.state for table in tables for column in table.columns]
    return {state: found.count(state) for state in STATES if state in found}


def _column(
    table: str, wanted: _Wanted, site: SiteTable | None, noted: Mapping[tuple[str, str, str], Finding]
) -> ComparedColumn:
    first, used_by = wanted.names[0], ", ".join(wanted.used_by)
    if not wanted.read:
        return ComparedColumn(table, first, "not read", used_by=used_by)
    names = site.in_order(wanted.names) if site else ()
    found = next((found for name in names if site and (found := site.find(name))), None)
    missing = noted.get((table, first.upper(), "missing"))
    if found is None or site is None:
        state: State = "missing" if missing or site is None else "not needed"
        return ComparedColumn(table, first, state, used_by=used_by, finding=missing)
    here, kind = site.own_name(found[0]), found[1]
    if other := noted.get((table, found[0].upper(), "type")):
        return ComparedColumn(table, first, "type differs", here, kind, used_by, other)
    # Another letter case is the same name.
    state = "found" if here.upper() == first.upper() else "found as"
    return ComparedColumn(table, first, state, here, kind, used_by)


def _wanted(
    objects: Iterable[StagedObject], lookups: Iterable[Lookup], stage_employees: bool
) -> dict[str, dict[str, _Wanted]]:
    """Info-Link table -> upper-case first name of a column -> the names it may have, and who uses it."""
    found: dict[str, dict[str, _Wanted]] = {}

    def add(table: str, names: tuple[str, ...], user: str, read: bool = True) -> None:
        known = found.setdefault(table, {})
        # Where another spec lists the name among several, it is the same column.
        entry = next((one for one in known.values() if names[0].upper() in map(str.upper, one.names)), None)
        if entry is None:
            entry = known[names[0].upper()] = _Wanted(names)
        entry.names += tuple(name for name in names if name.upper() not in map(str.upper, entry.names))
        entry.read = entry.read or read
        if user not in entry.used_by:
            entry.used_by.append(user)

    for obj in objects:
        for table in obj.tables:
            for source, names, user, read in _of_table(table, stage_employees):
                add(source, names, user, read)
    for lookup in lookups:
        for named in lookup.columns.values():
            add(lookup.table, (named,) if isinstance(named, str) else named, "exports")
    return found


def _of_table(table: Table, stage_employees: bool) -> Iterator[tuple[str, tuple[str, ...], str, bool]]:
    """Info-Link table, names of a column, the staged column that it becomes, and whether it is read."""
    if table.infolink is None:
        return
    tables = table.infolink.tables
    first = next(iter(tables))
    for entry in table.infolink.joined:
        alias, _, names = entry.removesuffix("?").partition(".")
        yield tables[alias], tuple(names.split("|")), f"{table.name} (to join or add up)", True
    for column in table.columns:
        by_table: dict[str, list[str]] = {}
        for source in column.sources:
            alias, _, name = source.rpartition(".")
            if (alias or first) in tables:  # else a sum, of a column that is joined
                by_table.setdefault(tables[alias or first], []).append(name)
        for source, listed in by_table.items():
            read = stage_employees or not column.personal
            yield source, tuple(listed), f"{table.name}.{column.name}", read
