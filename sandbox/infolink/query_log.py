"""The log of the queries that clients of Info-Link send, for tests of which of them ran at the same time.

It is kept where all sessions write to it: the sandbox's database, `sandbox.infolink_queries`, by its server's clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import psycopg

CREATE: LiteralString = """
    CREATE SCHEMA IF NOT EXISTS sandbox;
    CREATE TABLE IF NOT EXISTS sandbox.infolink_queries (
        query_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        session integer NOT NULL,
        query text NOT NULL,
        began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        ended_at timestamptz
    );
    COMMENT ON TABLE sandbox.infolink_queries IS
        'Queries of Info-Link while the fault infolink_log is on; a session is a login. Without an end: running still, '
        'or its session was killed'
"""


class QueryLog:
    """Writes one session's queries down; it keeps a connection of its own, opened at the first of them.

    Args:
        database_url: the sandbox database, with the right to write to it.
    """

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._link: psycopg.Connection | None = None

    @contextmanager
    def running(self, query: str) -> Iterator[None]:
        """Note a query while it runs, to the last of its rows."""
        if self._link is None:
            self._link = psycopg.connect(self._url, autocommit=True, application_name="infolink log")
        row = self._link.execute(
            "INSERT INTO sandbox.infolink_queries (session, query) VALUES (pg_backend_pid(), %s) RETURNING query_id",
            [query],
        ).fetchone()
        try:
            yield
        finally:
            self._link.execute(
                "UPDATE sandbox.infolink_queries SET ended_at = clock_timestamp() WHERE query_id = %s", row
            )

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._link is not None:
            self._link.close()
