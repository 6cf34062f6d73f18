"""The tables of the stand-in Spectrum database, read from `sandbox/reference/infolink-tables.yaml`.

Used by the schema, the generator and the web services, so that a column is named and sized in one place only.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

REFERENCE = Path(__file__).resolve().parent.parent / "reference" / "infolink-tables.yaml"

# SQL Server's type on the left of the reference (its first lines say which), PostgreSQL's on the right.
_POSTGRES_TYPES = {
    "money": "numeric(14,2)",
    "qty": "numeric(14,4)",
    "date": "timestamp(0)",
    "ymd": "varchar(8)",
    "integer": "integer",
}

# Codes Spectrum stores right-justified to the full width of their column (reference/spectrum-api.md, section 5).
PADDED_COLUMNS = frozenset({
    "Company_Code", "Job_Number", "Job", "Master_Job", "Phase_Code", "Phase", "Cost_Type", "Vendor_Code",
    "Customer_Code", "Employee_Code", "Subcontract_Number", "Change_Request_Number", "Change_Order_Number",
    "Sub_Change_Order_Number", "Billing_Item", "Bid_Item_Number", "Cost_Center",
})  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column: its name, the reference's type word, and its width in characters (None unless text)."""

    name: str
    kind: str
    width: int | None

    @property
    def sql_type(self) -> str:
        """The column's PostgreSQL type."""
        return f"varchar({self.width})" if self.kind == "text" else _POSTGRES_TYPES[self.kind]


@dataclass(frozen=True)
class Table:
    """One table: its name, its key columns (empty when no unique key is public) and its columns in order."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError names table and column when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name}; its columns are in {REFERENCE.name}")


@cache
def tables() -> dict[str, Table]:
    """Return every table of the reference by name, in its order.

    Raises:
        ValueError: a column's type is not one of text(n), money, qty, date, ymd, integer.
    """
    content = yaml.safe_load(REFERENCE.read_text(encoding="utf-8"))
    result = {}
    for table_name, definition in content.items():
        columns = tuple(_column(table_name, name, entry["type"]) for name, entry in definition["columns"].items())
        result[table_name] = Table(table_name, tuple(definition["key"]), columns)
    return result


def _column(table: str, name: str, kind: str) -> Column:
    text = re.fullmatch(r"text\((\d+)\)", kind)
    if text:
        return Column(name, "text", int(text.group(1)))
    if kind not in _POSTGRES_TYPES:
        known = ", ".join(["text(n)", *_POSTGRES_TYPES])
        raise ValueError(f"{REFERENCE.name}: {table}.{name} has the type {kind!r}; use one of {known}")
    return Column(name, kind, None)


def pad(table: str, column: str, code: str, trailing: int = 0) -> str:
    """Return `code` as Spectrum stores it: right-justified with leading spaces to the column's width.

    Args:
        table: the table's name.
        column: a text column of it.
        code: the trimmed code; blank stays blank.
        trailing: how many spaces to put behind the code instead of before it, as some rows have them.

    Raises:
        ValueError: the code is longer than the column.
    """
    width = tables()[table].column(column).width or 0
    if len(code) > width:
        raise ValueError(f"{table}.{column}: {code!r} has {len(code)} characters, the column holds {width}")
    if not code:
        return ""
    return (code + " " * min(trailing, width - len(code))).rjust(width)
