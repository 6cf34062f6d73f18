"""The names of Info-Link that the settings may give a site's own names for: those that something reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from spectrum_etl.model.spec import Table
from spectrum_etl.sources.infolink.published import KNOWN, NEVER_READ


def names_read(tables: Iterable[Table]) -> Mapping[str, frozenset[str]]:
    """Info-Link table -> its columns, both in upper case.

    Those of the specs, and those known beside them, among which are the ones that exports look up.

    Args:
        tables: of all objects.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        if table.infolink is None:
            continue
        aliases = table.infolink.tables
        first = next(iter(aliases))
        for column in table.columns:
            for source in column.sources:
                alias, _, name = source.rpartition(".")
                if (alias or first) in aliases:
                    found[aliases[alias or first].upper()].add(name.upper())
        for entry in table.infolink.joined:
            alias, _, names = entry.removesuffix("?").partition(".")
            found[aliases[alias].upper()].update(names.upper().split("|"))
    for name, columns in KNOWN.items():
        found[name.upper()] |= columns - NEVER_READ
    return {name: frozenset(columns) for name, columns in found.items()}
