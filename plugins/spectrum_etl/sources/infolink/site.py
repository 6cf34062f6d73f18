"""A table of Info-Link as one site has it: where it is, and what its columns are called there (O1).

Where the settings name columns, the table is read through a query that gives them the names of the specs: every other
statement is the same at all sites.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.settings.infolink import SiteNames, table_name
from spectrum_etl.sources.infolink import casts
from spectrum_etl.sources.infolink.binds import quoted
from spectrum_etl.sources.infolink.closest import closest
from spectrum_etl.sources.infolink.published import NEVER_READ

_REGULAR = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ALIAS, _TEXTS = "site", "texts"
_OF_DATABASE = "database_default"


@dataclass(frozen=True)
class SiteTable:
    """One table.

    Args:
        name: what the site calls it, as the settings write it.
        relation: what stands for it behind FROM.
        columns: name -> type, such as `varchar(10)`: the name of the specs where the settings give one, else the
            site's own; in the table's order.
        named: whether the settings name this table or view for the company.
        one_company: whether they say that it shows the company's rows alone, so that it needs no company code.
        own_names: name of the specs, in upper case -> the site's own, for the columns that the settings name.
        collations: those of its texts, by the names of `columns`.
        found_at: its schema and name; None where it is of dbo, and called `name`.
        declared: the site's own type of the columns that `as_texts` made texts of.
    """

    name: str
    relation: str
    columns: Mapping[str, str]
    named: bool = False
    one_company: bool = False
    own_names: Mapping[str, str] = field(default_factory=dict)
    collations: Mapping[str, str] = field(default_factory=dict)
    found_at: tuple[str, str] | None = None
    declared: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str]:
        """Its schema and name."""
        return self.found_at or ("dbo", self.name)

    @property
    def is_shared(self) -> bool:
        """Whether companies share it, as the ending of its name says; else it shows one company's rows alone."""
        return self.place[1].upper().endswith("_MC")

    def find(self, column: str) -> tuple[str, str] | None:
        """Name and type of a column, looked for without regard to case; None where there is none.

        As it is written first: where letter case counts, two columns may differ by nothing else.
        """
        if column in self.columns:
            return column, self.columns[column]
        return next((entry for entry in self.columns.items() if entry[0].upper() == column.upper()), None)

    def in_order(self, columns: Sequence[str]) -> list[str]:
        """The names that a column may have, in the order in which they are tried: first those of the settings."""
        return sorted(columns, key=lambda column: column.upper() not in self.own_names)

    def own_name(self, column: str) -> str:
        """What the site calls a column that `find` finds."""
        found = self.find(column)
        return self.own_names.get(column.upper(), found[0] if found else column)

    def as_texts(self, codes: Collection[str], others: Collection[str] = ()) -> SiteTable:
        """The table with texts in place of what SQL Server does not take for one, where a site types columns so.

        Args:
            codes: columns that hold codes or texts, in any case.
            others: columns that are read beside them.
        """
        as_code, read = {name.upper() for name in codes}, {name.upper() for name in (*codes, *others)}
        made = {
            name: text
            for name, kind in self.columns.items()
            if name.upper() in read
            and (text := casts.made_text(f"{_TEXTS}.{quoted(name)}", kind, code=name.upper() in as_code))
        }
        if not made:
            return self
        selected = [
            f"{made[name][0] if name in made else f'{_TEXTS}.{quoted(name)}'} AS {quoted(name)}"
            for name in self.columns
            if _may_be_selected(name)
        ]
        return replace(
            self,
            # Of the catalog and the specs, quoted.
            relation=f"(SELECT {', '.join(selected)} FROM {self.relation} AS {_TEXTS})",  # noqa: S608
            columns={name: made[name][1] if name in made else kind for name, kind in self.columns.items()},
            declared={name: self.columns[name] for name in made},
            # What was no text has the database's collation from now on, whatever that of the others is.
            collations={**dict.fromkeys(made, _OF_DATABASE), **self.collations},
        )


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
        FixConfiguration: the settings name a column that the table does not have, or one that is never read.
    """
    place, shown = (schema, name), table_name(schema, name)
    named, one_company = (names.table is not None, names.one_company) if names else (False, False)
    # What the settings name may be called anything, a keyword of SQL too; other names read as people write them.
    plain = f"{quoted(schema)}.{quoted(name)}" if named else f"{schema}.{name}"
    collations = collations or {}
    renamed = _renamed(asked, shown, found, names) if names else {}
    if not renamed:
        return SiteTable(shown, plain, dict(found), named, one_company, {}, collations, place)
    columns, selected, collated = {}, [], {}
    for real, kind in found:
        # One column of a site may be two of the specs.
        specs = [spec for spec, own in renamed.items() if own == real]
        if not specs and real.upper() in {spec.upper() for spec in renamed}:
            continue  # another column stands for this one
        for spec in specs or [real]:
            columns[spec] = kind
            if real in collations:
                collated[spec] = collations[real]
            if specs or _may_be_selected(real):
                selected.append(f"{_ALIAS}.{quoted(real)} AS {quoted(spec)}")
    # Of the catalog and the specs, quoted; what the settings say was found in the catalog first.
    relation = f"(SELECT {', '.join(selected)} FROM {plain} AS {_ALIAS})"  # noqa: S608
    return SiteTable(shown, relation, columns, named, one_company, renamed, collated, place)


def _renamed(asked: str, shown: str, found: Sequence[tuple[str, str]], names: SiteNames) -> dict[str, str]:
    """Name in the specs -> the column's own name, as the catalog writes it."""
    # As it is written first: where letter case counts, two columns may differ by nothing else.
    real = {**{name.upper(): name for name, _ in found}, **{name: name for name, _ in found}}
    renamed = {}
    for spec, name in names.columns.items():
        if name.upper() in NEVER_READ:
            raise FixConfiguration(
                f"the settings call {spec} of {asked} {name}, which holds what is never read",
                object=asked,
                field=name,
                remedy="correct infolink.names in include/settings.yaml",
                cause="column missing",
            )
        if name not in real and name.upper() not in real:
            near = closest(name, [column for column, _ in found])
            raise FixConfiguration(
                f"the settings call {spec} of {asked} {name}, and {shown} has no such column"
                + (f"; the closest are {', '.join(near)}" if near else ""),
                object=asked,
                field=name,
                remedy="correct infolink.names in include/settings.yaml; check_connections lists what is there",
                cause="column missing",
            )
        renamed[spec] = real.get(name) or real[name.upper()]
    return renamed


def _may_be_selected(name: str) -> bool:
    """Whether a column may be one that the specs name: tax ids and wages are selected nowhere."""
    return bool(_REGULAR.match(name)) and name.upper() not in NEVER_READ
