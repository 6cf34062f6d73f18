"""COPY into a landing table: rows of text, streamed in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import psycopg
from psycopg import sql

Row = Sequence[str | None]


def create_landing_table(connection: psycopg.Connection, relation: str, columns: Sequence[str]) -> None:
    """Create an untyped landing table; unlogged, because it is read again rather than recovered.

    Args:
        connection: the warehouse.
        relation: its name, with the schema.
        columns: column names; all of them text.
    """
    connection.execute(
        sql.SQL("create unlogged table {} ({})").format(
            sql.Identifier(*relation.split(".")),
            sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(column)) for column in columns),
        )
    )


def copy_rows(
    connection: psycopg.Connection, relation: str, columns: Sequence[str], batches: Iterable[Iterable[Row]]
) -> int:
    """Stream rows into a landing table.

    Args:
        connection: the warehouse.
        relation: landing table, with the schema.
        columns: the columns of each row, in order.
        batches: rows in pieces, as the source gives them.

    Returns:
        How many rows were copied.
    """
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(*relation.split(".")), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        write_row = copy.write_row
        for batch in batches:
            for row in batch:
                write_row(row)
                count += 1
    return count
