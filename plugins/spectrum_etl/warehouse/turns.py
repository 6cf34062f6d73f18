"""Turns at an Info-Link server, over all tasks, companies and machines (O2): advisory locks of the warehouse.

The lock belongs to a session of its own, so that whatever ends the process gives the turn back, SIGKILL too.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.locks import holders

log = logging.getLogger(__name__)

#: First part of the advisory lock of a turn; the second is a hash of the server and of which turn it is. An arbitrary
#: number of our own.
TURN_LOCK = 7_271
#: How long a task waits on its worker before it gives that up, in seconds: to start it again costs about one, and what
#: has not changed is read in less. How many can wait so at a time is bounded by the slots of the Airflow pool.
WAIT_SECONDS = 5.0
_PAUSE = 0.05


@contextmanager
def turn(url: str, server: str, at_a_time: int, wait_seconds: float | None = None) -> Iterator[bool]:
    """Have a turn until the block ends, if there is one to be had.

    Args:
        url: the warehouse.
        server: stands for the server (`InfoLinkConnection.server`): all who query it take turns.
        at_a_time: how many turns there are at the same time.
        wait_seconds: how many seconds to wait for one; `WAIT_SECONDS` by default.

    Returns:
        Whether it is our turn; else others have all of them.
    """
    with connect(url) as connection:
        connection.autocommit = True
        # It idles for as long as the task reads; a server that ends idle sessions would end the turn with it.
        connection.execute("set idle_session_timeout = 0")
        place = _taken(connection, server, at_a_time, WAIT_SECONDS if wait_seconds is None else wait_seconds)
        if place is None:
            log.info("others query this Info-Link server: %s", holders(connection, TURN_LOCK, f"{server}/0"))
        try:
            yield place is not None
        finally:
            if place is not None:
                _give_back(connection, f"{server}/{place}")


def somebody_waits(url: str, server: str) -> bool:
    """Whether a task waits on its worker for a turn at an Info-Link server."""
    with connect(url) as connection:
        row = connection.execute(
            "select pg_try_advisory_xact_lock(%s, hashtext(%s))", [TURN_LOCK, _waiting(server)]
        ).fetchone()
    return row == (False,)


def _waiting(server: str) -> str:
    """Name of the lock that all who wait for a turn share."""
    return f"{server}/waiting"


def _give_back(connection: psycopg.Connection, name: str) -> None:
    """Free a turn for the next one at once: the end of a connection reaches the server later."""
    try:
        row = connection.execute("select pg_advisory_unlock(%s, hashtext(%s))", [TURN_LOCK, name]).fetchone()
    except psycopg.Error:  # it must not hide why the connection is broken
        row = None
    if row != (True,):
        log.warning("the turn %s at Info-Link was lost before it was given back: others may have asked meanwhile", name)


def _taken(connection: psycopg.Connection, server: str, at_a_time: int, wait_seconds: float) -> int | None:
    """Which of the turns was taken; None where others kept all of them for so long."""
    if (place := _free(connection, server, at_a_time)) is not None:
        return place
    until = time.monotonic() + wait_seconds
    shared = [TURN_LOCK, _waiting(server)]
    connection.execute("select pg_advisory_lock_shared(%s, hashtext(%s))", shared)
    try:
        while place is None and time.monotonic() < until:
            time.sleep(_PAUSE)
            place = _free(connection, server, at_a_time)
    finally:
        connection.execute("select pg_advisory_unlock_shared(%s, hashtext(%s))", shared)
    return place


def _free(connection: psycopg.Connection, server: str, at_a_time: int) -> int | None:
    """Take a turn that is free."""
    for place in range(at_a_time):
        row = connection.execute(
            "select pg_try_advisory_lock(%s, hashtext(%s))", [TURN_LOCK, f"{server}/{place}"]
        ).fetchone()
        if row == (True,):
            return place
    return None
