"""COPY into a landing table: rows of text, streamed in constant memory.

Characters that PostgreSQL cannot hold are marked on the way (`characters`), and the rows that hold one are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from spectrum_etl.model.character_marks import has_mark, mark_for_database, needs_a_look

LandedRow = Sequence[str | None]


@dataclass
class MarkedRows:
    """How many rows hold a mark in place of a character that PostgreSQL or XML cannot hold; counted by a copy."""

    count: int = 0


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
    connection: psycopg.Connection,
    relation: str,
    columns: Sequence[str],
    batches: Iterable[Iterable[LandedRow]],
    marked: MarkedRows | None = None,
) -> int:
    """Stream rows into a landing table.

    Args:
        connection: the warehouse.
        relation: landing table, with the schema.
        columns: the columns of each row, in order.
        batches: rows in pieces, as the source gives them.
        marked: counts the rows that hold a mark, those that came with one included.

    Returns:
        How many rows were copied.
    """
    count = 0
    marked = marked or MarkedRows()
    with connection.cursor() as cursor, cursor.copy(_statement(relation, columns)) as copy:
        write_row = copy.write_row
        for batch in batches:
            rows = list(batch)
            text = "".join([value for row in rows for value in row if value])
            if needs_a_look(text):
                rows = [[mark_for_database(value) if value else value for value in row] for row in rows]
                marked.count += sum(any(value and has_mark(value) for value in row) for row in rows)
            for row in rows:
                write_row(row)
            count += len(rows)
    return count


def copy_lines(
    connection: psycopg.Connection,
    relation: str,
    columns: Sequence[str],
    batches: Iterable[Sequence[str]],
    separator: str,
    marked: MarkedRows | None = None,
) -> int:
    """Stream rows that are one text each into a landing table; a blank column is landed as null.

    Args:
        connection, relation, columns: as for `copy_rows`.
        batches: rows in pieces.
        separator: stands between the columns of a row, and nowhere else.
        marked: counts the rows in which a character was marked.

    Returns:
        How many rows were copied.
    """
    options = sql.SQL(" with (delimiter {}, null '')").format(sql.Literal(separator))
    count = 0
    marked = marked or MarkedRows()
    with connection.cursor() as cursor, cursor.copy(_statement(relation, columns) + options) as copy:
        for lines in batches:
            text = "\n".join(lines)
            # The only one that Info-Link can give: the driver hands over whole characters. Looked for in all lines at
            # once, which costs next to nothing.
            if "\x00" in text:
                marked.count += sum("\x00" in line for line in lines)
                lines = [mark_for_database(line) for line in lines]
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
