"""Counts rows, and keeps the planner's statistics in step with large writes.

PostgreSQL counts a table by itself within a minute or so. The marts read it seconds after a first load, and a planner
that takes millions of rows for none chooses the wrong index: half a second in place of a hundredth.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

#: Values a column that the statistics of a table of one run keep; PostgreSQL's own default is 100.
_ROUGHLY = 10
#: Where more than this share of a table's rows is written, its statistics are renewed with them.
_MANY = 0.1


def row_count(connection: psycopg.Connection, relation: str) -> int:
    """The rows of a table, counted now.

    Args:
        connection: the warehouse.
        relation: schema and name.
    """
    row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(*relation.split(".")))).fetchone()
    assert row is not None
    return row[0]


def renew(connection: psycopg.Connection, relation: str, written: int, before: int) -> None:
    """Refresh the statistics of a table where much of it was written.

    Args:
        connection: the warehouse, in the transaction that wrote.
        relation: schema and name.
        written: rows that were inserted, updated and deleted.
        before: rows that were there.
    """
    if written > _MANY * before:
        connection.execute(sql.SQL("analyze {}").format(sql.Identifier(*relation.split("."))))


def analyze_roughly(connection: psycopg.Connection, relation: str) -> None:
    """Take statistics of a table that lives for one run: its size and how codes are spread are all that plans need.

    Args:
        connection: the warehouse, in a transaction.
        relation: schema and name.
    """
    connection.execute(sql.SQL("set local default_statistics_target = {}").format(_ROUGHLY))
    connection.execute(sql.SQL("analyze {}").format(sql.Identifier(*relation.split("."))))
    connection.execute("set local default_statistics_target to default")
