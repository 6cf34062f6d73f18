"""What is read of a table at one site: its spec laid over the columns that Info-Link really has (M4).

Used by `reader`, which asks the database, and by the staging tasks, which note the drift.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from spectrum_etl.errors import StopSync
from spectrum_etl.sources.drift import Drift
from spectrum_etl.sources.infolink import casts
from spectrum_etl.sources.infolink.published import KNOWN
from spectrum_etl.staging.spec import Column, InfoLink, Table

_MISSING_REMEDY = "allow the column in Info-Link, or correct it in the object's module; nothing is published without it"


@dataclass(frozen=True)
class PlannedColumn:
    """One column of the landing table and where it comes from.

    Args:
        name: staged name.
        spec: its spec.
        source: column with its alias, `p.Job_Number`; None where there is none and NULL is staged.
        type: its type in the database; of no meaning where there is none.
        summed: where `source` is a sum made by the query, T-SQL of the number that is summed.
    """

    name: str
    spec: Column
    source: str | None = None
    type: str = "varchar(1)"
    summed: str | None = None

    @property
    def text(self) -> str:
        """T-SQL of its text."""
        if self.source is None:
            return "CAST(NULL AS varchar(1))"
        return casts.as_text(self.source, self.type, ymd=self.spec.ymd)

    @property
    def part(self) -> str:
        """T-SQL of its part of a row in one text."""
        return "''" if self.source is None else casts.as_part(self.source, self.type, ymd=self.spec.ymd)

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
        return casts.as_number(self.source, self.type)

    @property
    def hashed(self) -> str:
        """T-SQL of its part of a row's hash."""
        return "'-'" if self.source is None else casts.as_hashed(self.source, self.type, ymd=self.spec.ymd)

    @property
    def hashed_width(self) -> int | None:
        """Characters of that part at most; None where there is no limit."""
        if self.source is None or casts.family(self.type) in {"number", "date"}:
            return casts.NUMBER_WIDTH
        return None if self.width is None else self.width + 12


@dataclass(frozen=True)
class ReadPlan:
    """What is read of one table.

    Args:
        table: the spec.
        company: trimmed company code.
        columns: in the order in which rows arrive.
        real: alias -> upper-case column name -> (real name, type), for every table of the query.
        drift: how the site differs from the spec.
    """

    table: Table
    company: str
    columns: tuple[PlannedColumn, ...]
    real: Mapping[str, Mapping[str, tuple[str, str]]]
    drift: tuple[Drift, ...]

    @property
    def infolink(self) -> InfoLink:
        """How Info-Link gives the table."""
        return infolink_of(self.table)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the landing table's columns."""
        return tuple(column.name for column in self.columns)

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the columns that are staged as NULL because Info-Link lacks them."""
        return tuple(c.name for c in self.columns if c.source is None and c.spec.sources)

    def column(self, name: str) -> PlannedColumn | None:
        """The planned column called `name`, if the table has one."""
        return next((column for column in self.columns if column.name == name), None)


def infolink_of(table: Table) -> InfoLink:
    """How Info-Link gives a table; `ValueError` for one that it does not give."""
    if table.infolink is None:
        raise ValueError(f"table {table.name} is not read from Info-Link")
    return table.infolink


def make_plan(
    table: Table, company: str, stage_employees: bool, columns_of: Callable[[str], Mapping[str, str]]
) -> ReadPlan:
    """Lay a table's spec over the real columns.

    Args:
        table: the spec.
        company: company code, for messages and filters.
        stage_employees: whether personal columns are read (M9).
        columns_of: Info-Link table -> real column name -> type.

    Raises:
        StopSync: a key column, a required one or one that the query needs is missing, or one that is added up does
            not hold numbers.
    """
    return _Planner(table, company, columns_of).plan(stage_employees)


class _Planner:
    def __init__(self, table: Table, company: str, columns_of: Callable[[str], Mapping[str, str]]) -> None:
        self.table = table
        self.company = company.strip()
        self.infolink = infolink_of(table)
        self.real = {
            alias: {name.upper(): (name, kind) for name, kind in columns_of(source).items()}
            for alias, source in self.infolink.tables.items()
        }
        self.first = next(iter(self.infolink.tables))
        self.joined = {name.removesuffix("?"): not name.endswith("?") for name in self.infolink.joined}
        self.drift: dict[tuple[str, str, str], Drift] = {}

    def plan(self, stage_employees: bool) -> ReadPlan:
        for name, required in self.joined.items():
            self._find_joined(name, required)
        columns = tuple(self._planned(column) for column in self.table.read_columns(stage_employees))
        self._find_new()
        return ReadPlan(self.table, self.company, columns, self.real, tuple(self.drift.values()))

    def _planned(self, column: Column) -> PlannedColumn:
        if not column.sources:
            return PlannedColumn(column.name, column)
        for source in column.sources:
            found = self._derived(column, source) if self._is_derived(source) else self._direct(column, source)
            if found:
                return found
        if column.required or (column.key and not column.may_be_blank):
            alias, name = self._split(column.sources[0])
            raise self._missing(alias, name, f"staged as {column.name}, which every row needs")
        return PlannedColumn(column.name, column)

    def _direct(self, column: Column, source: str) -> PlannedColumn | None:
        alias, name = self._split(source)
        found = self.real[alias].get(name.upper())
        if found is None:
            if source == column.sources[-1]:
                expected = self._split(column.sources[0])
                detail = f"{column.name} is staged as {'blank' if column.may_be_blank else 'NULL'}"
                self._note(expected[0], expected[1], "missing", detail)
            return None
        real, kind = found
        self._compare(alias, real, kind, column)
        return PlannedColumn(column.name, column, f"{alias}.{real}", kind)

    def _derived(self, column: Column, source: str) -> PlannedColumn | None:
        """A sum over another table of the query, `adjusted.Est_Cost`: there if the column that is summed is."""
        name = source.split(".")[1]
        base = next(joined for joined in self.joined if joined.split(".")[1] == name)
        alias = base.split(".")[0]
        found = self.real[alias].get(name.upper())
        if found is None:
            return None
        real, kind = found
        self._compare(alias, real, kind, column)
        if casts.family(kind) != "number":
            if self.joined[base]:
                raise self._stop(alias, real, f"is {kind} and cannot be added up to {column.name}")
            return None
        return PlannedColumn(
            column.name, column, source, "decimal(38,6)", summed=casts.as_number(f"{alias}.{real}", kind)
        )

    def _find_joined(self, joined: str, required: bool) -> None:
        alias, name = joined.split(".")
        if name.upper() in self.real[alias]:
            return
        if required:
            raise self._missing(alias, name, "needed by the query")
        self._note(alias, name, "missing", "what is summed of it is staged as NULL")

    def _find_new(self) -> None:
        used = {self._split(source) for column in self.table.columns for source in column.sources}
        used |= {(joined.split(".")[0], joined.split(".")[1]) for joined in self.joined}
        for alias, source in self.infolink.tables.items():
            known = {name.upper() for of, name in used if of == alias} | KNOWN.get(source, frozenset())
            for upper, (real, kind) in self.real[alias].items():
                if upper not in known:
                    self._note(alias, real, "new", f"{kind}; it is not read")

    def _compare(self, alias: str, real: str, kind: str, column: Column) -> None:
        expected = _expected(column)
        if expected is None:
            return
        if casts.family(kind) != expected:
            self._note(alias, real, "type", f"is {kind}, expected a {expected}; rows that do not fit are rejected")
        elif casts.is_inexact(kind):
            self._note(alias, real, "type", f"is {kind}, expected a decimal; a binary fraction holds no exact cents")

    def _is_derived(self, source: str) -> bool:
        return self._split(source)[0] not in self.infolink.tables

    def _split(self, source: str) -> tuple[str, str]:
        alias, _, name = source.rpartition(".")
        return alias or self.first, name

    def _note(self, alias: str, column: str, change: Literal["missing", "new", "type"], detail: str) -> None:
        table = self.infolink.tables[alias]
        self.drift.setdefault((table, column.upper(), change), Drift(table, column, change, detail))

    def _missing(self, alias: str, name: str, why: str) -> StopSync:
        return self._stop(alias, name, f"is missing ({why})")

    def _stop(self, alias: str, name: str, problem: str) -> StopSync:
        table = self.infolink.tables[alias]
        return StopSync(
            f"column {name} of {table} {problem}",
            object=self.table.name,
            company=self.company,
            field=f"{table}.{name}",
            remedy=_MISSING_REMEDY,
        )


def _expected(column: Column) -> casts.Family | None:
    if column.type in {"code", "text"} or column.ymd:
        return "text"
    if column.type in {"money", "quantity", "integer"}:
        return "number"
    return "date" if column.type == "date" else None
