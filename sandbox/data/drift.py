"""Columns that disappear, appear or change their type at the source, as an upgrade of Spectrum does.

Used by the sandbox's command line and by tests of drift handling. Plain ALTER TABLEs on the stored tables; a layout
that Info-Link shows follows.
"""

import re

import psycopg
from psycopg import sql

from sandbox.data import layouts

_TYPES = {
    "integer": "integer",
    "date": "timestamp(0)",
    "ymd": "varchar(8)",
    "money": "numeric(12,2)",
    "qty": "numeric(14,4)",
}


class DriftError(ValueError):
    """No such table or column, or a type that is not one of the sandbox's."""


def postgres_type(name: str) -> str:
    """The PostgreSQL type for one of Info-Link's type names: text(n), money, qty, date, ymd, integer.

    Raises:
        DriftError: another name.
    """
    text = re.fullmatch(r"text\((\d+)\)", name)
    if text:
        return f"varchar({int(text[1])})"
    if name not in _TYPES:
        raise DriftError(f"type {name!r} is none of text(n), {', '.join(_TYPES)}")
    return _TYPES[name]


def drop_column(database_url: str, table: str, column: str) -> None:
    """Drop a column with its data.

    Args:
        database_url: the sandbox database.
        table: a table of schema dbo, in any case.
        column: a column of it, in any case.

    Raises:
        DriftError: no such table or column.
    """
    with psycopg.connect(database_url) as connection, layouts.set_aside(connection):
        real_table, real_column = _find(connection, table, column)
        connection.execute(sql.SQL("ALTER TABLE {} DROP COLUMN {}").format(real_table, real_column))


def add_column(database_url: str, table: str, column: str, type_name: str) -> None:
    """Add an empty column.

    Args:
        database_url: the sandbox database.
        table: a table of schema dbo, in any case.
        column: the new column's name, kept as written.
        type_name: see `postgres_type`.

    Raises:
        DriftError: no such table, or not a type.
    """
    kind = sql.SQL(postgres_type(type_name))  # type: ignore[arg-type]  # made from the fixed list above
    with psycopg.connect(database_url) as connection, layouts.set_aside(connection):
        real_table, _ = _find(connection, table, None)
        connection.execute(sql.SQL("ALTER TABLE {} ADD COLUMN {} {}").format(real_table, sql.Identifier(column), kind))


def retype_column(database_url: str, table: str, column: str, type_name: str) -> None:
    """Change a column's type, converting its values by their text.

    Args:
        database_url: the sandbox database.
        table: a table of schema dbo, in any case.
        column: a column of it, in any case.
        type_name: see `postgres_type`.

    Raises:
        DriftError: no such table or column, or not a type.
        psycopg.Error: a value does not fit the new type.
    """
    kind = sql.SQL(postgres_type(type_name))  # type: ignore[arg-type]  # made from the fixed list above
    with psycopg.connect(database_url) as connection, layouts.set_aside(connection):
        real_table, real_column = _find(connection, table, column)
        statement = sql.SQL("ALTER TABLE {} ALTER COLUMN {} TYPE {} USING {}::text::{}")
        connection.execute(statement.format(real_table, real_column, kind, real_column, kind))


def _find(connection: psycopg.Connection, table: str, column: str | None) -> tuple[sql.Identifier, sql.Identifier]:
    rows = connection.execute(
        """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'dbo' AND lower(table_name) = lower(%s)
        """,
        [table],
    ).fetchall()
    if not rows:
        raise DriftError(f"schema dbo has no table {table!r}")
    if column is None:
        return sql.Identifier("dbo", rows[0][0]), sql.Identifier("")
    for real_table, real_column in rows:
        if real_column.lower() == column.lower():
            return sql.Identifier("dbo", real_table), sql.Identifier(real_column)
    raise DriftError(f"table {table!r} has no column {column!r}; it has {', '.join(name for _, name in rows)}")
