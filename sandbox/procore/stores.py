"""Transactions on the sandbox database for the stand-in Procore's web application."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection

from sandbox.data.schema import connect
from sandbox.procore.store import Store


class Stores:
    """A small stack of connections to the sandbox database, kept open between calls; safe for threads.

    Args:
        database_url: the sandbox's PostgreSQL.
    """

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._idle: queue.LifoQueue[Connection[Any]] = queue.LifoQueue()

    @contextmanager
    def transaction(self) -> Iterator[Store]:
        """Give a store inside a transaction that is committed at the end, or rolled back on an error."""
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = connect(self._url)
        try:
            with connection.transaction():
                yield Store(connection)
        finally:
            if not connection.closed:
                self._idle.put(connection)

    def close(self) -> None:
        """Close the idle connections."""
        while not self._idle.empty():
            self._idle.get_nowait().close()
