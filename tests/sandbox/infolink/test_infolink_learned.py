"""What one session finds out, the sessions after it know; what a test changes in the tables, all of them see."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import psycopg

from sandbox.infolink.learned import Learned
from sandbox.infolink.translate import Query

_TRANSLATION = (Query("select 1", [], []), ["T"])


def _in_a_session(work: Callable[[], Any]) -> None:
    """In a process of its own, as the listener serves a session."""
    child = os.fork()
    if not child:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0


def _never() -> Any:
    raise AssertionError("translated again")


def test_a_translation_is_made_once_for_all_sessions_over_the_same_tables(database_url: str) -> None:
    learned = Learned()
    with psycopg.connect(database_url, autocommit=True) as connection:

        def first() -> None:
            with psycopg.connect(database_url, autocommit=True) as own:
                learned.translation("select 1", learned.catalog(own), 0, lambda: _TRANSLATION)

        _in_a_session(first)
        learned.read_letters()
        known = learned.catalog(connection)
        assert learned.translation("select 1", known, 0, _never) == _TRANSLATION
        connection.execute("create table dbo.another (x int)")
        try:
            changed = learned.catalog(connection)
            assert changed.find("dbo", "ANOTHER") is not None
            other = (Query("select 2", [], []), ["T"])
            assert learned.translation("select 1", changed, 0, lambda: other) == other
        finally:
            connection.execute("drop table dbo.another")


def test_a_session_that_saw_other_tables_teaches_nothing(database_url: str) -> None:
    """It was born before a change, and translates for what it sees; the listener knows the change by then."""
    learned = Learned()
    other = Query("select 2", [], []), ["T"]
    with psycopg.connect(database_url, autocommit=True) as connection:
        before = learned.catalog(connection)
        go, wait = os.pipe()
        child = os.fork()
        if not child:
            os.read(go, 1)
            learned.translation("select 1", before, 0, lambda: _TRANSLATION)
            os._exit(0)
        connection.execute("create table dbo.another (x int)")
        try:
            changed = learned.catalog(connection)
            os.write(wait, b".")
            assert os.waitpid(child, 0)[1] == 0
            learned.read_letters()
            assert learned.translation("select 1", changed, 0, lambda: other) == other
        finally:
            connection.execute("drop table dbo.another")
