"""Connections to the sandbox database for the web services, kept open between calls: some read, some write."""

import queue
from collections.abc import Callable, Iterator
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
        self._idle_writers: queue.LifoQueue[Connection[Any]] = queue.LifoQueue()

    @contextmanager
    def snapshot(self) -> Iterator[Connection[DictRow]]:
        """Give a connection inside a read-only transaction whose statements all see the same state.

        Raises:
            psycopg.Error: the database cannot be reached or refuses.
        """
        with self._borrowed(self._idle, self._reader) as connection:
            yield connection

    @contextmanager
    def change(self) -> Iterator[Connection[DictRow]]:
        """Give a connection inside a transaction that may write; it commits at the end, an exception rolls it back.

        Each statement sees what was committed before it, so that a lock taken first is enough to go one by one.

        Raises:
            psycopg.Error: the database cannot be reached or refuses.
        """
        with self._borrowed(self._idle_writers, self._open) as connection:
            yield connection

    @contextmanager
    def _borrowed(
        self, idle: queue.LifoQueue[Connection[Any]], make: Callable[[], Connection[Any]]
    ) -> Iterator[Connection[DictRow]]:
        try:
            connection = idle.get_nowait()
        except queue.Empty:
            connection = make()
        try:
            with connection.transaction():
                yield connection
        except BaseException:  # whatever ended it, nobody gets this connection again
            connection.close()
            raise
        idle.put(connection)

    def _open(self) -> Connection[Any]:
        connection = connect(self._url)
        connection.row_factory = dict_row  # type: ignore[assignment]
        return connection

    def _reader(self) -> Connection[Any]:
        connection = self._open()
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return connection

    def close(self) -> None:
        """Close the idle connections."""
        for idle in (self._idle, self._idle_writers):
            while not idle.empty():
                idle.get_nowait().close()
