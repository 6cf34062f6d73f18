"""One sender a record at a time, over all tasks and machines: advisory locks of the warehouse.

The lock belongs to a connection of its own, so that whatever ends the process frees it, SIGKILL too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from spectrum_etl.errors import RetryLater
from spectrum_etl.model.record import RecordId
from spectrum_etl.warehouse.connect import connect

#: How long a sender waits for another, in milliseconds: the server releases the lock of a process that has just ended a
#: moment after its end.
LOCK_TIMEOUT = 1_000
#: First part of the advisory lock of one record; the second is a hash of its key. An arbitrary number of our own.
SEND_LOCK = 7_269


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
        connection.execute("select set_config('lock_timeout', %s, false)", [str(LOCK_TIMEOUT)])
        try:
            connection.execute("select pg_advisory_lock(%s, hashtext(%s))", _key(object_name, id))
        except psycopg.errors.LockNotAvailable:
            yield None
            return
        try:
            yield connection
        finally:
            # Freed before the next try can ask, however this one ends: the end of a connection reaches the server
            # later. One that is broken has freed it, and must not hide why.
            with suppress(psycopg.Error):
                connection.execute("select pg_advisory_unlock(%s, hashtext(%s))", _key(object_name, id))


@contextmanager
def sole_lock(url: str, object_name: str, id: RecordId, title: str = "") -> Iterator[None]:
    """Hold the lock of a record that nobody else may work on meanwhile.

    Args:
        url: the warehouse.
        title: what people call the record; empty: its Procore id.

    Raises:
        RetryLater: somebody else has it.
    """
    with record_lock(url, object_name, id) as lock:
        if lock is None:
            raise RetryLater(
                "the record is being exported", object=object_name, company=id.company, record=title or id.record,
                remedy="wait until that has ended; the task is retried automatically",
            )  # fmt: skip
        yield


def is_locked(connection: psycopg.Connection, object_name: str, id: RecordId) -> bool:
    """Whether somebody sends the record right now."""
    with connection.transaction():
        taken = "select pg_try_advisory_xact_lock(%s, hashtext(%s))"
        row = connection.execute(taken, _key(object_name, id)).fetchone()
    return not (row and row[0])


def _key(object_name: str, id: RecordId) -> tuple[int, str]:
    return SEND_LOCK, "/".join((object_name, id.company, id.project, id.record))
