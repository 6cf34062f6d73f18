"""The names of Info-Link that the settings may give a site's own names for: those that something reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from spectrum_etl.model.spec import Column, Table
from spectrum_etl.sources.infolink.published import KNOWN, NEVER_READ


def columns_read(tables: Iterable[Table]) -> Iterator[tuple[str, str, Column]]:
    """Info-Link table, column and the staged column that is made of it, both names in upper case.

    Args:
        tables: of all objects.
    """
    for table in tables:
        aliases = table.infolink.tables if table.infolink else {}
        for column in table.columns if aliases else ():
            for source in column.sources:
                alias, _, name = source.rpartition(".")
                if found := aliases.get(alias or next(iter(aliases))):
                    yield found.upper(), name.upper(), column


def names_read(tables: Iterable[Table]) -> Mapping[str, frozenset[str]]:
    """Info-Link table -> its columns, both in upper case.

    Those of the specs, and those known beside them, among which are the ones that exports look up.

    Args:
        tables: of all objects.
    """
    tables, found = tuple(tables), defaultdict[str, set[str]](set)
    for source, name, _ in columns_read(tables):
        found[source].add(name)
    for table in tables:
        aliases = table.infolink.tables if table.infolink else {}
        for entry in table.infolink.joined if table.infolink else ():
            alias, _, names = entry.removesuffix("?").partition(".")
            found[aliases[alias].upper()].update(names.upper().split("|"))
    for name, columns in KNOWN.items():
        found[name.upper()] |= columns - NEVER_READ
    return {name: frozenset(columns) for name, columns in found.items()}
