"""Rows for the stand-in Info-Link, generated from the specs of the staged tables.

A row is a dictionary of Info-Link's own column names. Codes are padded as Spectrum pads them; every row number gives
other keys, so that each case can own its rows.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.data.tables import PADDED_COLUMNS, pad
from sandbox.data.tables import Column as SourceColumn
from sandbox.data.tables import tables as source_tables
from spectrum_etl.model.spec import Column, StagedObject, Table
from spectrum_etl.staging.objects import OBJECTS

Row = dict[str, Any]

_PREFIX = {"Job_Number": "J", "Cost_Type": "C", "Company_Code": ""}
_AMOUNTS = ("money",)
_TYPED = ("money", "quantity", "integer", "date")


def stored_name(table: str) -> str:
    """What the stand-in calls a table that is looked for with and without `_MC`."""
    return table if table in source_tables() else table.removesuffix("_MC")


def _known_values() -> dict[tuple[str, str], str]:
    """A value that the row rules and checks of the specs accept, by Info-Link table and column."""
    known = {}
    for entry in OBJECTS.values():
        for table in entry.tables:
            if table.infolink is None:
                continue
            checked = {check.columns[0]: check.values[0] for check in table.checks if check.kind == "in_set"}
            for column in table.columns:
                value = column.allowed[0] if column.allowed else checked.get(column.name)
                for source in column.sources:
                    if value:
                        known[stored_name(table.infolink.table), source] = value
    return known


_VALUES = _known_values()


def source_row(source_table: str, number: int, company: str = "1", **changes: Any) -> Row:
    """A complete row.

    Args:
        source_table: Info-Link table.
        number: 1 to 99; decides keys, texts, amounts and dates.
        company: company code.
        changes: Info-Link column -> value as stored.
    """
    columns = (c for c in source_tables()[source_table].columns if not c.numbers_itself)
    return {c.name: _value(source_table, c, number, company) for c in columns} | changes


def _value(table: str, column: SourceColumn, number: int, company: str) -> Any:
    known = _VALUES.get((table, column.name))
    if column.kind == "text":
        if column.name == "Master_Job":
            return ""
        if column.name.endswith("_Date_Text"):
            return f"202601{number:02d}"
        prefix = _PREFIX.get(column.name, column.name[0])
        text = company if column.name == "Company_Code" else known or f"{prefix}{number}"
        if column.name in PADDED_COLUMNS:
            return pad(table, column.name, text)
        return known or f"{column.name.replace('_', ' ')} {number}"[-(column.width or 1) :].strip()
    if column.kind == "number":
        is_money = column.sql_type.endswith(",2)")
        return Decimal(100 * number) + Decimal("0.25") if is_money else Decimal(number)
    if column.kind == "date":
        return datetime(2026, 1, 1) + timedelta(days=number)  # noqa: DTZ001  SQL Server's datetime has no zone
    return b"\x00" if column.kind == "bytes" else number


class Subject:
    """One staged table as a conformance case sees it: its spec, and where its rows come from."""

    def __init__(self, obj: StagedObject, table: Table) -> None:
        assert table.infolink is not None
        self.object, self.table = obj, table
        self.name = table.name
        self.source_table = stored_name(table.infolink.table)
        self._aliases = set(table.infolink.tables)

    def row(self, number: int, company: str = "1", **changes: Any) -> Row:
        """Row `number` as Info-Link stores it."""
        return source_row(self.source_table, number, company, **changes)

    def key(self, number: int) -> dict[str, str]:
        """The staged key of row `number`, without the company."""
        return {c.name: self._code(c, number) for c in self.table.columns if c.key and c.name != "company_code"}

    def job(self, number: int) -> str:
        """The trimmed job of row `number`."""
        return self._code(self.table.column("job_number"), number)

    def _code(self, column: Column, number: int) -> str:
        """The trimmed code of row `number`: its own, or that of the row of the same number in the table it is from."""
        alias, _, name = column.sources[0].rpartition(".")
        assert self.table.infolink is not None
        source = stored_name(self.table.infolink.tables[alias]) if alias else self.source_table
        return source_row(source, number)[name].strip()

    @property
    def key_sources(self) -> dict[str, str]:
        """Staged key column -> its own Info-Link column, without the company."""
        keys = (c for c in self.table.columns if c.key and c.name != "company_code")
        return {c.name: own for c in keys if (own := self._own(c))}

    @property
    def inner_key_source(self) -> str:
        """The Info-Link key column to blank: not the job where there is another one."""
        blank = {c.name for c in self.table.columns if c.may_be_blank}
        others = (source for name, source in self.key_sources.items() if name not in {"job_number", *blank})
        return next(others, "Job_Number")

    @property
    def rows_know_their_job(self) -> bool:
        """Whether a row whose key cannot be read still tells its job."""
        return self.table.by_job and self.inner_key_source != "Job_Number"

    @property
    def needed(self) -> Column | None:
        """The first column, beside the key, without which the sync stops."""
        return next((c for c in self.table.columns if c.required and not c.key and not c.assumed), None)

    def with_derived(self, column: Column) -> list[str]:
        """Names of a column and of those that are made of it."""
        made_of = (c.name for c in self.table.columns if c.derived and re.search(rf"\b{column.name}\b", c.derived))
        return [column.name, *made_of]

    @property
    def rejecting(self) -> tuple[Column, Any, str] | None:
        """A column, a value of it that rejects the row, and words of the reason; none where only a key can."""
        blank = next((c for c in self.table.columns if c.required and not c.key and c.blank == "reject"), None)
        if blank:
            return blank, None, "is blank"
        return (self.amounts[0], Decimal("0.0050"), "2 after it") if self.amounts else None

    @property
    def labels(self) -> list[Column]:
        """Columns whose blank value is staged as null, with a warning."""
        return [c for c in self.table.columns if c.blank == "null" and self._own(c)]

    @property
    def added_up(self) -> list[Column]:
        """Amounts that figures add up: one that nobody entered is staged as 0, with a warning."""
        return [c for c in self.table.columns if c.blank == "zero" and self._own(c)]

    @property
    def changing(self) -> Column:
        """The column in which a row is changed: neither key nor code."""
        found = self.text or (self.amounts[0] if self.amounts else None)
        assert found is not None
        return found

    @property
    def text(self) -> Column | None:
        """The first free text of the rows' own Info-Link table."""
        return next((c for c in self.table.columns if c.type == "text" and self._own(c)), None)

    @property
    def optional(self) -> Column | None:
        """The first column that a site may lack."""
        return next((c for c in self.table.columns if not c.key and not c.required and self._own(c)), None)

    @property
    def amounts(self) -> list[Column]:
        """Money columns of the rows' own Info-Link table."""
        return [c for c in self.table.columns if c.type in _AMOUNTS and self._own(c)]

    @property
    def typed(self) -> Column | None:
        """The last column that is not text, of the rows' own Info-Link table."""
        found = [c for c in self.table.columns if c.type in _TYPED and self._own(c)]
        return found[-1] if found else None

    def source_of(self, column: Column | None) -> str:
        """The Info-Link column behind a staged one."""
        assert column is not None
        return self._own(column)

    def _own(self, column: Column) -> str:
        """Its name in the rows' own Info-Link table; empty where it comes from another one or is derived."""
        name = column.sources[0] if column.sources else ""
        alias, _, bare = name.rpartition(".")
        return bare if not alias else ""


SUBJECTS: dict[str, Subject] = {
    table.name: Subject(entry, table)
    for entry in OBJECTS.values()
    for table in entry.tables
    if table.infolink is not None and not table.partitioned and not table.infolink.added_up
}


def stripped(row: Mapping[str, Any]) -> Row:
    """The same row stored without any padding."""
    return {name: value.strip() if isinstance(value, str) else value for name, value in row.items()}


def padded_behind(row: Mapping[str, Any], source_table: str) -> Row:
    """The same row with its codes padded behind instead of in front."""
    definition = source_tables()[source_table]
    return dict(row) | {
        c.name: row[c.name].strip().ljust(c.width or 0)
        for c in definition.columns
        if c.name in PADDED_COLUMNS and isinstance(row.get(c.name), str)
    }
