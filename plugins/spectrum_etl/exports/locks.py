"""One sender a record at a time, over all tasks and machines: advisory locks of the warehouse.

Used by `send`, and by `collect`, which asks whether somebody sends. The lock belongs to a connection of its own, so
that whatever ends the process frees it, SIGKILL too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from spectrum_etl.exports.spec import RecordId
from spectrum_etl.warehouse.connect import connect

#: First part of the advisory lock of one record; the second is a hash of its key. An arbitrary number of our own.
SEND_LOCK = 7_267


@contextmanager
def record_lock(url: str, object_name: str, id: RecordId) -> Iterator[psycopg.Connection | None]:
    """Hold the lock of a record.

    Args:
        url: the warehouse.

    Returns:
        The connection that holds it, to ask whether it still lives; None where somebody else sends the record.
    """
    with connect(url) as connection:
        connection.autocommit = True
        yield connection if _taken(connection, object_name, id) else None


def is_locked(connection: psycopg.Connection, object_name: str, id: RecordId) -> bool:
    """Whether somebody sends the record right now."""
    with connection.transaction():
        name = "pg_try_advisory_xact_lock"
        return not _taken(connection, object_name, id, name)


def _taken(
    connection: psycopg.Connection, object_name: str, id: RecordId, function: str = "pg_try_advisory_lock"
) -> bool:
    key = "/".join((object_name, id.company, id.project, id.record))
    row = connection.execute(f"select {function}(%s, hashtext(%s))", [SEND_LOCK, key]).fetchone()
    return bool(row and row[0])
