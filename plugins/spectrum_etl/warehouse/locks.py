"""Advisory locks of the warehouse, each with an end to the wait and a message that says who holds it.

A login of the warehouse that is not ours can take them too, and a process that was cut off from the network holds its
locks until the server notices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from spectrum_etl.errors import RetryLater
from spectrum_etl.warehouse.templates import render

#: How long a statement waits for a lock, as PostgreSQL writes it: a publish of a large first load takes minutes.
LOCK_TIMEOUT = "15min"
#: What to do about a lock that somebody holds for too long.
END_IT = (
    "the task is retried automatically; if it keeps failing, see what that session does, and end it where it is no task"
    " of this package: select pg_terminate_backend(NUMBER)"
)
#: `objsubid` in pg_locks: a lock of one number of 64 bits, and one of two of 32.
_ONE_NUMBER, _TWO_NUMBERS = 1, 2
_HALF = 1 << 32


def take(
    connection: psycopg.Connection, number: int, name: str | None = None, *, what: str, for_session: bool = False
) -> None:
    """Wait for an advisory lock.

    Args:
        connection: the warehouse; inside a transaction, unless the lock is for the session.
        number: which lock; the first half of it where there is a name.
        name: what it is about; its hash is the second half.
        what: what is being waited for, for the message: `the marts of company 1`.
        for_session: hold it until it is given back or the connection ends, not until the transaction does.

    Raises:
        RetryLater: it did not become free in time; the message names who holds it.
    """
    scope = "" if for_session else "xact_"
    keys, values = ("%s, hashtext(%s)", [number, name]) if name is not None else ("%s", [number])
    row = connection.execute(_call(f"pg_try_advisory_{scope}lock", keys), values).fetchone()
    if row == (True,):
        return
    inside = not connection.autocommit or connection.info.transaction_status != TransactionStatus.IDLE
    if inside:
        connection.execute("savepoint before_the_lock")
    try:
        connection.execute(_call(f"pg_advisory_{scope}lock", keys), values)
    except psycopg.errors.LockNotAvailable:
        if inside:
            connection.execute("rollback to savepoint before_the_lock")
        raise RetryLater(
            f"{what} did not become free within {_lock_timeout(connection)}: {holders(connection, number, name)}",
            remedy=END_IT,
            system="warehouse",
        ) from None
    if inside:
        connection.execute("release savepoint before_the_lock")


def give_back(connection: psycopg.Connection, number: int, name: str) -> None:
    """Free a lock that was taken for the session."""
    connection.execute("select pg_advisory_unlock(%s, hashtext(%s))", [number, name])


def holders(connection: psycopg.Connection, number: int, name: str | None = None) -> str:
    """Who holds an advisory lock, in words.

    Args:
        connection: the warehouse.
        number, name: as for `take`.
    """
    if name is None:
        first, second, kind = number // _HALF, number % _HALF, _ONE_NUMBER
    else:
        row = connection.execute("select hashtext(%s)", [name]).fetchone()
        assert row is not None
        first, second, kind = number, row[0] % _HALF, _TWO_NUMBERS
    with connection.cursor(row_factory=dict_row) as cursor:
        values = {"first": first, "second": second, "kind": kind}
        return in_words(cursor.execute(render("locks/advisory.sql"), values).fetchall())


def holders_of_relations(url: str) -> str:
    """Who holds locks on our tables, in words; empty where nobody does, or where the warehouse does not tell.

    Args:
        url: the warehouse. The statement that waited has ended with its transaction, so it is asked by itself.
    """
    try:
        with psycopg.connect(url, connect_timeout=5, row_factory=dict_row) as connection:
            rows = connection.execute(render("locks/relations.sql")).fetchall()
    except psycopg.Error:
        return ""
    return in_words(rows) if rows else ""


def in_words(rows: Sequence[dict[str, Any]]) -> str:
    """Sessions as a message names them.

    Args:
        rows: `pid`, `login`, `program` of each, and `relation` where it holds a lock on one.
    """
    told = [
        f"session {row['pid']} of login {row['login'] or '(unknown)'} ({row['program'] or 'no program named'}) holds"
        f" {row.get('relation') or 'it'}"
        for row in rows
    ]
    return "; ".join(told) or "the session that held it has just ended"


def _call(function: str, keys: str) -> sql.Composed:
    return sql.SQL("select {}({})").format(sql.Identifier(function), sql.SQL(keys))  # type: ignore[arg-type]


def _lock_timeout(connection: psycopg.Connection) -> str:
    row = connection.execute("select current_setting('lock_timeout')").fetchone()
    assert row is not None
    return str(row[0])
