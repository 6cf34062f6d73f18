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
    count = 0
    with connection.cursor() as cursor, cursor.copy(_statement(relation, columns)) as copy:
        write_row = copy.write_row
        for batch in batches:
            for row in batch:
                write_row(row)
                count += 1
    return count


def copy_lines(
    connection: psycopg.Connection,
    relation: str,
    columns: Sequence[str],
    batches: Iterable[Sequence[str]],
    separator: str,
) -> int:
    """Stream rows that are one text each into a landing table; a blank column is landed as null.

    Args:
        connection, relation, columns: as for `copy_rows`.
        batches: rows in pieces.
        separator: stands between the columns of a row, and nowhere else.

    Returns:
        How many rows were copied.
    """
    options = sql.SQL(" with (delimiter {}, null '')").format(sql.Literal(separator))
    count = 0
    with connection.cursor() as cursor, cursor.copy(_statement(relation, columns) + options) as copy:
        for lines in batches:
            text = "\n".join(lines)
            if "\\" in text or "\r" in text or text.count("\n") != len(lines) - 1:
                text = "\n".join(map(_escaped, lines))
            copy.write(text + "\n")
            count += len(lines)
    return count


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def _statement(relation: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(*relation.split(".")), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
