"""A table of Info-Link as one site has it: where it is, and what its columns are called there (O1).

Where the settings name columns, the table is read through a query that gives them the names of the specs: every other
statement is the same at all sites.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.settings.infolink import SiteNames
from spectrum_etl.sources.infolink.closest import closest
from spectrum_etl.sources.infolink.published import NEVER_READ

_REGULAR = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ALIAS = "site"


@dataclass(frozen=True)
class SiteTable:
    """One table.

    Args:
        name: what the site calls it, for people.
        relation: what stands for it behind FROM.
        columns: name -> type, such as `varchar(10)`: the name of the specs where the settings give one, else the
            site's own; in the table's order.
        named: whether the settings name this table or view for the company.
        one_company: whether they say that it shows the company's rows alone, so that it needs no company code.
        own_names: name of the specs, in upper case -> the site's own, for the columns that the settings name.
        collations: those of its texts, by the names of `columns`.
    """

    name: str
    relation: str
    columns: Mapping[str, str]
    named: bool = False
    one_company: bool = False
    own_names: Mapping[str, str] = field(default_factory=dict)
    collations: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_shared(self) -> bool:
        """Whether companies share it, as the ending of its name says; else it shows one company's rows alone."""
        return self.name.upper().endswith("_MC")

    def find(self, column: str) -> tuple[str, str] | None:
        """Name and type of a column, looked for without regard to case; None where there is none."""
        return next((entry for entry in self.columns.items() if entry[0].upper() == column.upper()), None)

    def own_name(self, column: str) -> str:
        """What the site calls a column that `find` finds."""
        found = self.find(column)
        return self.own_names.get(column.upper(), found[0] if found else column)


def site_table(
    asked: str,
    schema: str,
    name: str,
    found: Sequence[tuple[str, str]],
    names: SiteNames | None,
    collations: Mapping[str, str] | None = None,
) -> SiteTable:
    """Lay what the settings say over what the catalog shows.

    Args:
        asked: the table's name in the specs.
        schema, name: where it was found.
        found: its columns: name and type, in their order.
        names: what the settings say of it; None for nothing.
        collations: of its columns that hold text.

    Raises:
        FixConfiguration: the settings name a column that the table does not have.
    """
    plain = f"{_quoted(schema)}.{_quoted(name)}"
    shown = name if schema.lower() == "dbo" else f"{schema}.{name}"
    named, one_company = (names.table is not None, names.one_company) if names else (False, False)
    collations = collations or {}
    renamed = _renamed(asked, shown, found, names) if names else {}
    if not renamed:
        return SiteTable(shown, plain, dict(found), named, one_company, {}, collations)
    spec_of = {real: spec for spec, real in renamed.items()}
    columns, selected, collated = {}, [], {}
    for real, kind in found:
        spec = spec_of.get(real)
        if spec is None and real.upper() in {name.upper() for name in renamed}:
            continue  # another column stands for this one
        columns[spec or real] = kind
        if real in collations:
            collated[spec or real] = collations[real]
        if spec or (_REGULAR.match(real) and real.upper() not in NEVER_READ):
            selected.append(f"{_ALIAS}.[{real}] AS {spec or real}")
    # Of the catalog and the specs, quoted; what the settings say was found in the catalog first.
    relation = f"(SELECT {', '.join(selected)} FROM {plain} AS {_ALIAS})"  # noqa: S608
    return SiteTable(shown, relation, columns, named, one_company, renamed, collated)


def _renamed(asked: str, shown: str, found: Sequence[tuple[str, str]], names: SiteNames) -> dict[str, str]:
    """Name in the specs -> the column's own name, as the catalog writes it."""
    real = {name.upper(): name for name, _ in found}
    renamed = {}
    for spec, name in names.columns.items():
        if name.upper() not in real:
            near = closest(name, [column for column, _ in found])
            raise FixConfiguration(
                f"the settings call {spec} of {asked} {name}, and {shown} has no such column"
                + (f"; the closest are {', '.join(near)}" if near else ""),
                object=asked,
                field=name,
                remedy="correct infolink.names in include/settings.yaml; check_connections lists what is there",
                cause="column missing",
            )
        renamed[spec] = real[name.upper()]
    return renamed


def _quoted(name: str) -> str:
    """A schema or table: as it is where it needs no quotes, so that statements read as people write them."""
    return name if _REGULAR.match(name) else f"[{name}]"
