"""What is read of a table at one site: its spec laid over the columns that Info-Link really has (M4), as data.

Made by `planner`; used by `reader`, which asks the database, and by the staging tasks, which note the drift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spectrum_etl.model.drift import Drift
from spectrum_etl.model.spec import Column, InfoLink, Table
from spectrum_etl.sources.infolink import casts
from spectrum_etl.sources.infolink.site import SiteTable
from spectrum_etl.sources.infolink.templates import COLLATION

#: In place of a column: the company's code of the settings, bound.
COMPANY_CODE = "%(company_code)s"


@dataclass(frozen=True)
class PlannedColumn:
    """One column of the landing table and where it comes from.

    Args:
        name: staged name.
        spec: its spec.
        source: column with its alias, `p.Job_Number`; None where there is none and NULL is staged.
        type: its type in the database; of no meaning where there is none.
        summed: where `source` is a sum made by the query, T-SQL of the number that is summed.
        collated: whether it is a text that stands beside texts of another collation, so that one has to be stated.
    """

    name: str
    spec: Column
    source: str | None = None
    type: str = "varchar(1)"
    summed: str | None = None
    collated: bool = False

    @property
    def text(self) -> str:
        """T-SQL of its text."""
        if self.source is None:
            return "CAST(NULL AS varchar(1))"
        return casts.as_text(self.source, self.type, ymd=self.spec.ymd, cents=self.cents)

    @property
    def part(self) -> str:
        """T-SQL of its part of a row in one text."""
        if self.source is None:
            return "''"
        if self.collated:
            return f"{self.text} COLLATE {COLLATION}"
        return casts.as_part(self.source, self.type, ymd=self.spec.ymd, cents=self.cents)

    @property
    def width(self) -> int | None:
        """Characters of its text at most; None where there is no limit."""
        if self.source is None or casts.family(self.type) in {"number", "date"}:
            return casts.NUMBER_WIDTH
        return casts.width(self.type)

    @property
    def number(self) -> str:
        """T-SQL of its exact number."""
        if self.source is None:
            return "CAST(NULL AS decimal(14, 4))"
        return casts.as_number(self.source, self.type, cents=self.cents)

    @property
    def hashed(self) -> str:
        """T-SQL of its part of a row's hash."""
        if self.source is None:
            return "'-'"
        if self.collated:
            return casts.as_hashed(f"{self.text} COLLATE {COLLATION}", self.type)
        return casts.as_hashed(self.source, self.type, ymd=self.spec.ymd, cents=self.cents)

    @property
    def hashed_width(self) -> int | None:
        """Characters of that part at most; None where there is no limit."""
        if self.source is None or casts.family(self.type) in {"number", "date"}:
            return casts.NUMBER_WIDTH
        return None if self.width is None else self.width + 12

    @property
    def cents(self) -> bool:
        """Whether a type that is inexact, or longer by itself, is rounded to cents at the source."""
        return self.spec.type == "money"


@dataclass(frozen=True)
class ReadPlan:
    """What is read of one table.

    Args:
        table: the spec.
        company: trimmed company code.
        written: what the tables write for it.
        columns: in the order in which rows arrive.
        real: alias -> upper-case column name -> (real name, type), for every table of the query.
        drift: how the site differs from the spec.
        tables: alias -> the table as this site has it; those that are left out of the query are not in it.
        names: alias -> name in the spec -> the column's name at this site, with its alias.
        added_up: whether a part of the key is not there, so that rows which the rest tells apart are added up.
        change_types: types of change request statuses that count towards the estimate.
        left_out: why the table cannot be staged at this site, for people; empty where it can.
    """

    table: Table
    company: str
    written: str
    columns: tuple[PlannedColumn, ...]
    real: Mapping[str, Mapping[str, tuple[str, str]]]
    drift: tuple[Drift, ...]
    tables: Mapping[str, SiteTable] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    added_up: bool = False
    change_types: tuple[str, ...] = ()
    left_out: str = ""

    @property
    def infolink(self) -> InfoLink:
        """How Info-Link gives the table."""
        return infolink_of(self.table)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the landing table's columns."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> PlannedColumn | None:
        """The planned column called `name`, if the table has one."""
        return next((column for column in self.columns if column.name == name), None)


def infolink_of(table: Table) -> InfoLink:
    """How Info-Link gives a table; `ValueError` for one that it does not give."""
    if table.infolink is None:
        raise ValueError(f"table {table.name} is not read from Info-Link")
    return table.infolink
