"""What of a rejected row can be read, so that a person finds it in Spectrum."""

from __future__ import annotations

from typing import Any

from spectrum_etl.model.spec import ColumnType, Table
from spectrum_etl.page.reads import Row
from spectrum_etl.staging.objects import OBJECTS

#: Transactions have no key; these lead to one.
_PLACE = ("job_number", "phase_code", "cost_type")
_SHOWN_ELSEWHERE = frozenset({"company_code", "job_number"})
_KEYS = {
    table.name: _PLACE if table.partitioned else tuple(column.name for column in table.columns if column.key)
    for obj in OBJECTS.values()
    for table in obj.tables
}


def _columns(table: Table, kind: ColumnType) -> tuple[str, ...]:
    """The columns of a type, in the order of the spec, which begins with what a row is about."""
    return tuple(column.name for column in table.columns if column.type == kind)


_TABLES = [table for obj in OBJECTS.values() for table in obj.tables]
_NAMES = {table.name: _columns(table, "text") for table in _TABLES}
#: The amounts of a document or posting are those that no row may lack. Master data has none: when a vendor's insurance
#: ends, or what his balance is, says nothing about which row it is.
_AMOUNTS = {
    table.name: tuple(c.name for c in table.columns if c.type == "money" and c.required and c.derived is None)
    for table in _TABLES
}
_DATES = {table.name: _columns(table, "date") if _AMOUNTS[table.name] else () for table in _TABLES}


def readable_parts(row: Row) -> dict[str, Any]:
    """The parts of a rejected row that can be read, whatever is wrong with the others.

    Args:
        row: of `rejected_rows`.

    Returns:
        `job_number`; `key`: the other parts of the key that hold something; `date`, `amount` and `name`, the first of
        each that the row holds, or null. The column that stopped the row is left out: its value stands beside.
    """
    held = {
        name: str(value).strip()
        for name, value in (row["source_row"] or {}).items()
        if value is not None and str(value).strip() and name != row["column_name"]
    }
    key = [held[name] for name in _KEYS.get(row["table_name"], _PLACE) if name in held and name not in _SHOWN_ELSEWHERE]
    return {
        "job_number": row["job_number"] or held.get("job_number"),
        "key": key,
        "date": _first(held, _DATES.get(row["table_name"], ())),
        "amount": _first(held, _AMOUNTS.get(row["table_name"], ())),
        "name": _first(held, _NAMES.get(row["table_name"], ())),
    }


def _first(held: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((held[name] for name in names if name in held), None)
