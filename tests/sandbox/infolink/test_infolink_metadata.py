"""The catalogue views of indexes and tracked changes, and the log of queries, as clients of Info-Link see them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pymssql
import pytest

from sandbox.faults import CACHE_SECONDS, Faults

_INDEXES = """
SELECT i.name, i.index_id, i.type_desc, ic.key_ordinal, ic.is_included_column, c.name
FROM sys.tables t
JOIN sys.indexes i ON i.object_id = t.object_id
LEFT JOIN sys.index_columns ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id
LEFT JOIN sys.columns c ON c.object_id = ic.object_id AND c.column_id = ic.column_id
WHERE t.name = 'TRACKED'
ORDER BY i.index_id, ic.index_column_id
"""
_TRACKED = """
SELECT t.name, t.is_tracked_by_cdc FROM sys.tables t
JOIN sys.change_tracking_tables ct ON ct.object_id = t.object_id
"""


@pytest.fixture
def faults(database_url: str) -> Any:
    """The switches, off at the end; and a table with a primary key and an index that carries a column along."""
    found = Faults(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        columns = '"Id" integer primary key, "Job" varchar(10), "Amount" numeric(14,2)'
        connection.execute(f'create table dbo."TRACKED" ({columns})'.encode())
        connection.execute('create index ix_job on dbo."TRACKED" ("Job") include ("Amount")')
        yield found
        connection.execute('drop table dbo."TRACKED"')
    found.clear()
    found.close()


def test_indexes_have_key_columns_in_order_and_included_ones(faults: Faults, ask: Callable[[str], list[tuple]]) -> None:
    assert ask(_INDEXES) == [
        ("TRACKED_pkey", 1, "CLUSTERED", 1, False, "Id"),
        ("ix_job", 2, "NONCLUSTERED", 1, False, "Job"),
        ("ix_job", 2, "NONCLUSTERED", 0, True, "Amount"),
    ]
    heap = "SELECT i.name, i.type_desc FROM sys.indexes i JOIN sys.tables t ON t.object_id = i.object_id"
    assert ask(f"{heap} WHERE t.name = 'MANY'") == [(None, "HEAP")]


def test_tracking_is_a_switch_and_rows_may_be_hidden_or_the_views_refused(
    faults: Faults, ask: Callable[[str], list[tuple]]
) -> None:
    assert ask(_TRACKED) == []
    faults.set("infolink_change_tracking", "tracked")
    faults.set("infolink_cdc", "TRACKED")
    _settle()
    assert ask(_TRACKED) == [("TRACKED", True)]
    faults.set("infolink_metadata", "hidden")
    _settle()
    assert ask(_TRACKED) == ask(_INDEXES) == []
    faults.set("infolink_metadata", "refused")
    _settle()
    with pytest.raises(pymssql.Error, match=r"229.*sys"):
        ask(_TRACKED)


def test_the_log_tells_which_queries_ran_at_the_same_time(
    faults: Faults, database_url: str, connect: Callable[..., Any]
) -> None:
    faults.set("infolink_log")
    faults.set("infolink_slow_ms", "300")
    _settle()

    def query() -> None:
        with connect(autocommit=True) as opened, opened.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM MANY")
            cursor.fetchall()

    threads = [threading.Thread(target=query) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "select session, ended_at - began_at >= interval '0.3 s' from sandbox.infolink_queries"
            " where query like '%COUNT(*) FROM MANY%'"
        ).fetchall()
    assert [long for _, long in rows] == [True, True]
    assert len({session for session, _ in rows}) == 2


def _settle() -> None:
    """A reader keeps what it read of the faults for a moment."""
    time.sleep(CACHE_SECONDS + 0.05)
