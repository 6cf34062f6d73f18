"""Reads the warehouse for the page: one SQL file a list, below `include/sql/page`. Used by the routes.

Reading only, with a limit in time, and in a thread: the API server goes on meanwhile.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from spectrum_etl.warehouse.connect import connect, warehouse_url
from spectrum_etl.warehouse.templates import render

Row = dict[str, Any]

#: Rows a page of a list.
PAGE_ROWS = 50
_SESSION = "set default_transaction_read_only = on; set statement_timeout = '30s'; set jit = off"


class Warehouse:
    """An open warehouse.

    Args:
        connection: reading only, each statement by itself.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def rows(self, query: str, **values: Any) -> list[Row]:
        """The rows of a query; none where its tables are not there yet, as before the first sync.

        Args:
            query: file below `include/sql/page`, without `.sql`.
            values: bound to its placeholders.
        """
        with self._connection.cursor(row_factory=dict_row) as cursor:
            try:
                return cursor.execute(_text(query), values).fetchall()
            except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
                return []

    def row(self, query: str, **values: Any) -> Row | None:
        """The first row of a query, or None."""
        return next(iter(self.rows(query, **values)), None)

    def stream(self, query: str, **values: Any) -> Iterator[Row]:
        """The rows of a query, in constant memory."""
        with self._connection.transaction(), self._connection.cursor("page", row_factory=dict_row) as cursor:
            cursor.itersize = 2000
            yield from cursor.execute(_text(query), values)


@contextmanager
def open_warehouse() -> Iterator[Warehouse]:
    """Open the warehouse of the Airflow connection `warehouse`.

    Raises:
        SpectrumEtlError: as `spectrum_etl.warehouse.connect`.
    """
    with connect(warehouse_url()) as connection:
        connection.autocommit = True
        connection.execute(_SESSION)
        yield Warehouse(connection)


def page_of(rows: list[Row], key: str) -> dict[str, Any]:
    """One page of a list whose query was asked for one row more than a page.

    Args:
        rows: what the query gave.
        key: the column that the next page continues after.

    Returns:
        `rows`, and `next`: what to ask the next page with; null at the end.
    """
    more = len(rows) > PAGE_ROWS
    shown = rows[:PAGE_ROWS]
    return {"rows": shown, "next": shown[-1][key] if more else None}


@functools.cache
def _text(query: str) -> sql.SQL:
    return render(f"page/{query}.sql")
