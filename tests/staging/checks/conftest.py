"""A small warehouse for the checks: slices and staged tables made from the specs, filled with plausible rows."""

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
import pytest
from psycopg import sql

from spectrum_etl.model.spec import Column, Table
from spectrum_etl.staging.checks import CheckResult, run_checks
from spectrum_etl.staging.objects import OBJECTS

TABLES: dict[str, Table] = {table.name: table for entry in OBJECTS.values() for table in entry.tables}
PARAMETERS = {"company_code": "1", "phase_category": "STD"}

_FIXED = {
    "company_code": "1",
    "status_code": "A",
    "status": "A",
    "price_method_code": "F",
    "tran_type_code": "JC",
    "sub_status": "E",
    "cr_type": "1",
    "reversed": "N",
}
#: What has to add up inside a row.
_ADDS_UP = {"billing_applications": {"change_order_total": "0.00", "material_stored": "0.00"}}
_VALUES = {
    "money": "100.00",
    "quantity": "10.0000",
    "degrees": "40.500000",
    "integer": 30,
    "date": "2024-03-01",
    "boolean": True,
}


def good_value(table: Table, column: Column, number: int) -> Any:
    """A value that meets every check; codes and texts differ from row to row."""
    known = next((c.values for c in table.checks if c.kind == "in_set" and c.columns[0] == column.name), ())
    fixed = None if column.key and column.name != "company_code" else _FIXED.get(column.name)
    if fixed or known:
        return fixed if fixed and (not known or fixed in known) else known[0]
    if column.name == "master_job":
        return None
    if column.type in ("code", "text"):
        return f"{column.name}-{number}"
    return _VALUES[column.type]


def good_row(name: str, number: int = 1, /, **changes: Any) -> dict[str, Any]:
    """Row `number` of a table, with some values changed."""
    table = TABLES[name]
    values = {column.name: good_value(table, column, number) for column in table.columns}
    return values | _ADDS_UP.get(name, {}) | changes


class Warehouse:
    """Makes tables and runs checks; every relation is created on the first use."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.execute("create schema landing; create schema spectrum")

    def execute(self, statement: str | sql.Composed, values: Iterable[Any] = ()) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement, list(values) or None)

    def fill(self, schema: str, name: str, rows: Iterable[Mapping[str, Any]], *, drop: str | None = None) -> None:
        """Create a table of the spec's columns with these rows, leaving one column out where asked."""
        columns = {column.name: column.sql_type for column in TABLES[name].columns if column.name != drop}
        columns |= {"_row_hash": "uuid", "_deleted_at": "timestamptz"}
        relation = sql.Identifier(schema, name)
        body = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns.items()
        )
        self.execute(sql.SQL("create table if not exists {} ({})").format(relation, body))
        for row in rows:
            self.execute(
                sql.SQL("insert into {} ({}) values ({})").format(
                    relation,
                    sql.SQL(", ").join(map(sql.Identifier, row)),
                    sql.SQL(", ").join(sql.Placeholder() * len(row)),
                ),
                row.values(),
            )

    def land(self, name: str, *rows: Mapping[str, Any]) -> None:
        self.fill("landing", name, rows)

    def stage(self, name: str, *rows: Mapping[str, Any]) -> None:
        self.fill("spectrum", name, rows)

    def check(self, name: str, slices: Mapping[str, str] | None = None) -> dict[str, CheckResult]:
        results = run_checks(self.url, "landing", name, TABLES[name], PARAMETERS, slices)
        return {result.name: result for result in results}


@pytest.fixture
def warehouse(database: str) -> Warehouse:
    """An empty warehouse with the schemas `landing` and `spectrum`."""
    return Warehouse(database)
