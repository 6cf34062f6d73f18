"""The tables of the stand-in Spectrum database, as one hosted site has them.

`sandbox/reference/infolink-columns.yaml` gives every column of the tables it knows; a table that is not there has the
columns of `infolink-tables.yaml`, which also gives the keys.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).resolve().parent.parent / "reference"
REFERENCE = _FOLDER / "infolink-tables.yaml"
HOSTED = _FOLDER / "infolink-columns.yaml"

# What stands where nobody entered anything: every column is NOT NULL, except dates and what the reference marks.
NOTHING = " "

# SQL Server's type on the left of the reference (its first lines say which), PostgreSQL's on the right.
_POSTGRES_TYPES = {"date": "timestamp(0)", "ymd": "varchar(8)", "integer": "integer", "bytes": "bytea"}

# The precision of a decimal by its name, first match first; what is left is money. The reference gives the precision of
# money and of places on earth only; hours are kept as finely as a third of an hour needs.
_DECIMALS = tuple(
    (re.compile(pattern), digits)
    for pattern, digits in (
        (r"Latitude|Longitude|.*Exchange_Rate", "12,6"),
        (r"Total_Hours|PR_Hours\d", "14,6"),
        (r".*Hours\d?|.*_Over_Hrs|.*Quantity.*|Total_Units", "14,4"),
        (r".*Perc(ent)?(_.*)?|.*Percent.*", "9,4"),
        (r".*Unit_(Price|Cost)|Item_Price|WO_Item_Price|Price_Per_Factor", "14,4"),
        (r".*_Days|Next_Payment_Number|(Major|Minor)_Group_.*|Price_Level_.*|Wage_Rate_Level", "5,0"),
        (r"Batch_Sequence|Last_Receipt_Number|Current_Revision|Current_Blanket_Release", "7,0"),
    )
)
_MONEY = "12,2"

# Codes Spectrum stores right-justified to the full width of their column (reference/spectrum-api.md, section 5).
PADDED_COLUMNS = frozenset({
    "Company_Code", "Job_Number", "Job", "Master_Job", "Phase_Code", "Phase", "Cost_Type", "Vendor_Code",
    "Customer_Code", "Employee_Code", "Subcontract_Number", "Change_Request_Number", "Change_Order_Number",
    "Sub_Change_Order_Number", "Billing_Item", "Bid_Item_Number", "Cost_Center", "Phase_Cost_Center",
    "AP_Company_Code", "Pr_Company_Code", "Equip_Company_Code", "Inventory_Company_Code", "Application_Number",
    "Invoice_Or_Transaction",
})  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column.

    Args:
        name: as the reference spells it.
        kind: text, number, integer, date or bytes.
        sql_type: its PostgreSQL type.
        width: its width in characters, None unless text.
        nullable: whether it may be NULL; where it may not, nothing is one blank or 0.
        never_read: personal, bank or wage data that nobody may read.
    """

    name: str
    kind: str
    sql_type: str
    width: int | None = None
    nullable: bool = False
    never_read: bool = False

    @property
    def numbers_itself(self) -> bool:
        """Whether the database fills it: the `id` of master tables."""
        return self.name == "id"

    @property
    def nothing(self) -> str | int | None:
        """What the column holds where nobody entered anything."""
        if self.nullable:
            return None
        return NOTHING if self.kind == "text" else 0


@dataclass(frozen=True)
class Table:
    """One table: its name, its key columns (empty when no unique key is public) and its columns in order."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names of its columns."""
        return frozenset(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError names table and column when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name}; its columns are in {_FOLDER.name}/infolink-*.yaml")


@cache
def tables() -> dict[str, Table]:
    """Return every table of the reference by name, in its order.

    Raises:
        ValueError: a column's type is none that the reference explains.
    """
    listed, hosted = definitions(), _hosted()
    return {
        name: Table(name, tuple(definition["key"]), hosted.get(name) or _assumed(name, definition["columns"]))
        for name, definition in listed.items()
    }


@cache
def definitions() -> dict[str, Any]:
    """Return what `infolink-tables.yaml` says of each table: its key, and its columns with type, certainty, `also`."""
    content: dict[str, Any] = yaml.safe_load(REFERENCE.read_text(encoding="utf-8"))
    return content


def _hosted() -> dict[str, tuple[Column, ...]]:
    """The columns of the tables of which a hosted site shows all."""
    text = HOSTED.read_text(encoding="utf-8")
    # Which columns nobody may read is said in comments, which a YAML reader drops.
    never_read = {line.partition(":")[0].strip() for line in text.splitlines() if line.endswith("# never read")}
    return {
        table: tuple(_column(table, name, str(kind), name in never_read) for name, kind in columns.items())
        for table, columns in yaml.safe_load(text).items()
    }


def _assumed(table: str, columns: dict[str, Any]) -> tuple[Column, ...]:
    return tuple(_column(table, name, entry["type"]) for name, entry in columns.items())


def _column(table: str, name: str, declared: str, never_read: bool = False) -> Column:
    kind = declared.removesuffix(" null")
    nullable = kind != declared
    text = re.fullmatch(r"(?:text|varchar)\((\d+)\)", kind)
    if text or kind == "ymd":
        width = int(text.group(1)) if text else 8
        return Column(name, "text", f"varchar({width})", width, nullable, never_read)
    if kind == "datetime" or kind == "date":
        return Column(name, "date", _POSTGRES_TYPES["date"], nullable=True, never_read=never_read)
    if kind.startswith("varbinary("):
        return Column(name, "bytes", _POSTGRES_TYPES["bytes"], nullable=nullable, never_read=never_read)
    if kind in ("int", "integer"):
        return Column(name, "integer", _POSTGRES_TYPES["integer"], nullable=nullable, never_read=never_read)
    if kind in ("money", "qty") or kind.startswith("decimal"):
        return Column(name, "number", f"numeric({_digits(name)})", nullable=nullable, never_read=never_read)
    raise ValueError(f"{table}.{name} has the type {declared!r}, which the reference does not explain")


def _digits(name: str) -> str:
    return next((digits for pattern, digits in _DECIMALS if pattern.fullmatch(name)), _MONEY)


def pad(table: str, column: str, code: str, trailing: int = 0) -> str:
    """Return `code` as Spectrum stores it: right-justified with leading spaces to the column's width.

    Args:
        table: the table's name.
        column: a text column of it.
        code: the trimmed code; a blank one is stored as one blank.
        trailing: how many spaces to put behind the code instead of before it, as some rows have them.

    Raises:
        ValueError: the code is longer than the column.
    """
    width = tables()[table].column(column).width or 0
    if len(code) > width:
        raise ValueError(f"{table}.{column}: {code!r} has {len(code)} characters, the column holds {width}")
    if not code.strip():
        return NOTHING
    return (code + " " * min(trailing, width - len(code))).rjust(width)
