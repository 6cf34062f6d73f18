"""Compares what was staged with the source, row by row and both ways. Used by the cases.

The comparison knows nothing of the package's own rules: it writes down what a staged row of a source row should be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString, cast

import psycopg
from psycopg import sql

_SOURCE = "JC_TRANSACTION_HISTORY_MC"
_CODES = (
    "Company_Code",
    "Job_Number",
    "Phase_Code",
    "Cost_Type",
    "Tran_Type_Code",
    "Unit_of_Measure",
    "Reference_1",
    "Reference_2",
    "Detail_Sequence",
    "Description",
    "Batch_Code",
    "Vendor_Code",
    "Vendor_Name",
    "AP_Company_Code",
    "Pr_Company_Code",
    "Invoice_Number",
    "Po_Number",
    "Cost_Center",
    "Tran_Date_Text_Year",
    "Tran_Date_Text_Period",
)
# Staged under another name than the source's in lower case.
_RENAMED = {"Tran_Date_Text_Year": "fiscal_year", "Tran_Date_Text_Period": "fiscal_period"}
_NUMBERS = ("Tran_Amount", "Total_Hours", "Quantity")
_EMPLOYEE = ("Employee_Code", "Employee_Name")
_DATE = "Tran_Date_Text"
_DATES = (_DATE, "Invoice_Date")


@dataclass(frozen=True)
class Difference:
    """What two sets of rows do not share, equal rows counted as often as they are there (EXCEPT ALL).

    Args:
        rows: of the source.
        missing: rows of the source that the copy lacks.
        surplus: rows of the copy that the source does not have.
    """

    rows: int
    missing: int
    surplus: int

    def __str__(self) -> str:
        if not self.missing and not self.surplus:
            return f"all {self.rows:,} rows equal"
        return f"{self.missing:,} rows missing, {self.surplus:,} wrong of {self.rows:,}"

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return not self.missing and not self.surplus


def compare_staged(source_url: str, warehouse_url: str) -> Difference:
    """Compare the staged transactions with the source: texts trimmed and blank as null, dates as dates.

    Employees are left out: they are not staged by default.
    """
    texts = [f"nullif(btrim(\"{name}\"), '')" for name in _CODES]
    source = [*texts, *(_number(f'"{name}"') for name in _NUMBERS), *(f'"{name}"::date::text' for name in _DATES)]
    staged = [f"{_RENAMED.get(name, name.lower())}::text" for name in _CODES]
    staged += [*(_number(name.lower()) for name in _NUMBERS), "tran_date::text", "invoice_date::text"]
    return _compare(source_url, source, warehouse_url, staged, "spectrum.job_cost_transactions")


def compare_copy(source_url: str, copy_url: str, dataset: str, *, exact: bool) -> Difference:
    """Compare a plain copy of the source's table, made by dlt, with the source.

    Args:
        source_url: the source.
        copy_url: the copy's database.
        dataset: its schema.
        exact: every text as it is; otherwise trimmed and blank as null, which forgives what many would.
    """
    texts, others = (*_CODES, *_EMPLOYEE, _DATE), _NUMBERS
    column = "{}::text" if exact else "nullif(btrim({}), '')"
    source = [column.format(f'"{name}"') for name in texts] + [_number(f'"{name}"') for name in others]
    copied = [column.format(name.lower()) for name in texts] + [_number(name.lower()) for name in others]
    return _compare(source_url, source, copy_url, copied, f"{dataset}.{_SOURCE.lower()}")


def _number(column: str) -> str:
    """A number as text, whatever scale its column has: the source keeps more decimals of hours than the warehouse."""
    return f"trim_scale({column}::numeric)::text"


def _select(columns: list[str], relation: str) -> str:
    return f"select {', '.join(columns)} from {relation}"  # noqa: S608  constants of this module


def _compare(source_url: str, wanted: list[str], copy_url: str, copied: list[str], relation: str) -> Difference:
    source_query, copy_query = _select(wanted, f'dbo."{_SOURCE}"'), _select(copied, relation)
    columns = ", ".join(f"c{number} text" for number in range(len(wanted)))
    with psycopg.connect(source_url) as source, psycopg.connect(copy_url) as copy:
        copy.execute("set work_mem = '512MB'")
        copy.execute(_sql(f"create temporary table source_rows ({columns})"))
        with (
            source.cursor().copy(_sql(f"copy ({source_query}) to stdout")) as outgoing,
            copy.cursor().copy(_sql("copy source_rows from stdin")) as incoming,
        ):
            for block in outgoing:
                incoming.write(block)
        kept = "select * from source_rows"
        numbers = [
            _count(copy, kept),
            _count(copy, f"{kept} except all ({copy_query})"),
            _count(copy, f"({copy_query}) except all {kept}"),
        ]
    return Difference(*numbers)


def _count(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(_sql(f"select count(*) from ({query}) as found")).fetchone()  # noqa: S608  as above
    assert row is not None
    return int(row[0])


def _sql(text: str) -> sql.SQL:
    return sql.SQL(cast(LiteralString, text))
