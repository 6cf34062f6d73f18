"""Finds, inserts and changes rows of Info-Link's tables for the writing services, codes padded as Spectrum has them."""

from collections.abc import Mapping
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import DictRow

from sandbox.data.tables import PADDED_COLUMNS, pad, tables
from sandbox.sdx.filters import Where, trimmed

# Columns the tables' indexes begin with: asked for by every stored spelling, so that the index serves.
_INDEXED = frozenset({"Company_Code", "Job_Number", "Job", "Vendor_Code", "Customer_Code"})


def find(connection: Connection[DictRow], table: str, key: Mapping[str, str]) -> list[DictRow]:
    """Return the rows of a table whose trimmed codes are these, as they are stored.

    Args:
        connection: a write's transaction.
        table: a table of Info-Link.
        key: column to trimmed code; a blank one finds blanks and NULL.
    """
    where = _where(table, key)
    statement = sql.SQL("SELECT * FROM dbo.{} WHERE {}").format(sql.Identifier(table), where.sql())
    return connection.execute(statement, where.values).fetchall()


def insert(connection: Connection[DictRow], table: str, values: Mapping[str, Any]) -> None:
    """Insert a row; columns that are not given hold what Spectrum has where nobody entered anything."""
    names = list(values)
    statement = sql.SQL("INSERT INTO dbo.{} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join([sql.Placeholder()] * len(names)),
    )
    connection.execute(statement, [_stored(table, name, values[name]) for name in names])


def change(connection: Connection[DictRow], table: str, key: Mapping[str, str], values: Mapping[str, Any]) -> None:
    """Set some columns of the rows with this key; without columns nothing happens."""
    if not values:
        return
    where = _where(table, key)
    assignments = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values)
    statement = sql.SQL("UPDATE dbo.{} SET {} WHERE {}").format(sql.Identifier(table), assignments, where.sql())
    stored = [_stored(table, name, value) for name, value in values.items()]
    connection.execute(statement, [*stored, *where.values])


def code(row: Mapping[str, Any], column: str) -> str:
    """Return a stored code without its padding, blank for NULL."""
    return str(row[column] or "").strip()


def _where(table: str, key: Mapping[str, str]) -> Where:
    where = Where()
    for column, value in key.items():
        width = tables()[table].column(column).width
        if column in _INDEXED and value and width:
            where.any_of(column, [value], width)
        else:
            where.add(sql.SQL("{} = %s").format(trimmed(column)), [value])
    return where


def _stored(table: str, column: str, value: Any) -> Any:
    if value is None or value == "":
        return tables()[table].column(column).nothing
    return pad(table, column, value) if column in PADDED_COLUMNS and isinstance(value, str) else value
