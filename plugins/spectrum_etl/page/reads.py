"""Reads the warehouse for the page: one SQL file a list, below `include/sql/page`.

Reading only, with limits in time for statements and for sessions, and in a thread: the API server goes on meanwhile.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from fastapi import HTTPException, status
from psycopg import sql
from psycopg.rows import dict_row

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.warehouse.connect import connect, warehouse_url
from spectrum_etl.warehouse.locks import take
from spectrum_etl.warehouse.templates import render

Row = dict[str, Any]

#: Rows a page of a list.
PAGE_ROWS = 50
#: The limit of a list that is downloaded as a whole.
EVERYTHING = 2_000_000_000
#: A session that waits for a reader, in a transaction or between two, is the server's to end.
_SESSION = (
    ("default_transaction_read_only", "on"),
    ("statement_timeout", "30s"),
    ("jit", "off"),
    ("idle_session_timeout", "60s"),
)


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

        Raises:
            HTTPException: 422, a value cannot be one of any row.
            FixConfiguration: the page's login may not read it.
        """
        with _asked(), self._connection.cursor(row_factory=dict_row) as cursor:
            try:
                return cursor.execute(_text(query), values).fetchall()
            except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
                return []

    @contextmanager
    def lock(self, number: int, name: str, what: str) -> Iterator[None]:
        """Hold an advisory lock, which is no writing, until the block ends.

        Args:
            number, name, what: as `warehouse.locks.take`.

        Raises:
            RetryLater: it does not become free while somebody looks on.
        """
        with self._connection.transaction():
            self._connection.execute("set local lock_timeout = '10s'")
            take(self._connection, number, name, what=what)
            yield

    def row(self, query: str, **values: Any) -> Row | None:
        """The first row of a query, or None."""
        return next(iter(self.rows(query, **values)), None)

    def stream(self, query: str, **values: Any) -> Iterator[Row]:
        """The rows of a query, in constant memory; raises as `rows`."""
        with _asked(), self._connection.transaction(), self._connection.cursor("page", row_factory=dict_row) as cursor:
            cursor.itersize = 2000
            yield from cursor.execute(_text(query), values)


@contextmanager
def open_warehouse() -> Iterator[Warehouse]:
    """Open the warehouse with the Airflow connection that the settings name for the page.

    Raises:
        SpectrumEtlError: as `spectrum_etl.warehouse.connect`.
    """
    settings = load_settings().page
    with connect(warehouse_url(settings.conn_id)) as connection:
        connection.autocommit = True
        # Longer than a download waits for its reader, so that the download is what ends.
        unread = ("idle_in_transaction_session_timeout", f"{2 * settings.unread_seconds}s")
        for name, value in (*_SESSION, unread):
            connection.execute("select set_config(%s, %s, false)", [name, value])
        yield Warehouse(connection)


@contextmanager
def _asked() -> Iterator[None]:
    """What the values of a request can be blamed for is answered as that, and what the page's login lacks is named."""
    try:
        yield
    except (psycopg.DataError, UnicodeEncodeError):
        raise HTTPException(
            status.HTTP_422_UNPROCESSABLE_CONTENT,
            "What is asked for holds a character or a number that no row can hold.",
        ) from None
    except psycopg.errors.InsufficientPrivilege as error:
        raise FixConfiguration(
            f"the page's login may not read the warehouse: {error.diag.message_primary}",
            remedy="grant it the role spectrum_page, which docs/setup.md makes (1. Warehouse), or set page.conn_id in"
            " include/settings.yaml to warehouse",
            system="warehouse",
        ) from None


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


def page_from(rows: list[Row], offset: int) -> dict[str, Any]:
    """One page of a list that was asked for from an offset on, for one row more than a page.

    Args:
        rows: what the query gave.
        offset: where the page begins.

    Returns:
        `rows`, and `next`, the offset of the next page, null at the end.
    """
    return {"rows": rows[:PAGE_ROWS], "next": offset + PAGE_ROWS if len(rows) > PAGE_ROWS else None}


def page_with_total(rows: list[Row], offset: int) -> dict[str, Any]:
    """As `page_from`, with the `total` that each row carries of all: null where there are no rows."""
    return {**page_from(rows, offset), "total": rows[0]["total"] if rows else None}


@functools.cache
def _text(query: str) -> sql.SQL:
    return render(f"page/{query}.sql")
