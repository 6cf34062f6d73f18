"""Read connections to the sandbox database for the web services, kept open between calls."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, dict_row

from sandbox.data.schema import connect


class Connections:
    """A small stack of connections: as many as were needed at once, each call on its own snapshot.

    Args:
        database_url: the sandbox's PostgreSQL.
    """

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._idle: queue.LifoQueue[Connection[Any]] = queue.LifoQueue()

    @contextmanager
    def snapshot(self) -> Iterator[Connection[DictRow]]:
        """Give a connection inside a read-only transaction whose statements all see the same state.

        Raises:
            psycopg.Error: the database cannot be reached or refuses.
        """
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = connect(self._url)
            connection.row_factory = dict_row  # type: ignore[assignment]
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
        try:
            with connection.transaction():
                yield connection
        except BaseException:
            connection.close()
            raise
        self._idle.put(connection)

    def close(self) -> None:
        """Close the idle connections."""
        while not self._idle.empty():
            self._idle.get_nowait().close()
