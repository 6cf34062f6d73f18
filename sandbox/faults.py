"""The sandbox's switchable faults: named, typed, counted; shared by Info-Link, the web services, the tests and the
command line.

They are rows of the table `sandbox.faults` in the sandbox database, so that every process sees a change: its own at
once, another one's at most 0.2 s later, for so long each reader keeps what it read. `sandbox.fault_list` holds what can
be set.
"""

import time
from collections.abc import Iterable
from typing import LiteralString

import psycopg

from sandbox.fault_list import REGISTRY, Fault, UnknownFaultError, known, parse

__all__ = ["CACHE_SECONDS", "REGISTRY", "Fault", "Faults", "UnknownFaultError", "parse"]

CACHE_SECONDS = 0.2
#: When this process last changed the faults of a database, by its URL: a server in the same process must not miss it.
_CHANGED: dict[str, float] = {}

_CREATE: LiteralString = """
    CREATE SCHEMA IF NOT EXISTS sandbox;
    CREATE TABLE IF NOT EXISTS sandbox.faults (
        name text PRIMARY KEY,
        value text NOT NULL,
        remaining integer CHECK (remaining > 0),
        set_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE sandbox.faults IS 'Faults switched on; remaining: how many calls still meet it, null: all'
"""


class Faults:
    """The faults of one sandbox database, read and set.

    Not for use by several threads at once: give each its own. It keeps one connection, opened at the first use.

    Args:
        database_url: the sandbox database, with the right to write to it.
    """

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._link: psycopg.Connection | None = None
        self._read_at = float("-inf")
        self._values: dict[str, str] = {}

    def set(self, name: str, value: str | None = None, count: int | None = None) -> None:
        """Switch a fault on.

        Args:
            name: one of the registry.
            value: its parameter, as text; none for a flag.
            count: how many calls meet it; None: all until it is cleared.

        Raises:
            UnknownFaultError: see `parse`.
        """
        fault = known(name)
        stored = fault.checked(value)
        if fault.kind == "nth":
            if count is not None:
                raise UnknownFaultError(f"fault {name} happens once and takes no count")
            # What is left counts the calls down to the one it happens to.
            count = int(stored.rpartition("/")[2])
        if count is not None and count < 1:
            raise UnknownFaultError(f"fault {name}: a count of {count} calls never happens, give 1 or more")
        self._connection().execute(
            """
            INSERT INTO sandbox.faults (name, value, remaining) VALUES (%s, %s, %s)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value, remaining = excluded.remaining, set_at = now()
            """,
            [name, stored, count],
        )
        _CHANGED[self._url] = time.monotonic()

    def set_all(self, texts: Iterable[str]) -> None:
        """Switch faults on as the command line writes them."""
        for name, value, count in [parse(text) for text in texts]:
            self.set(name, value if known(name).kind != "flag" else None, count)

    def clear(self, name: str | None = None) -> None:
        """Switch one fault off, or all; a default such as sdx_row_cap=500 comes back."""
        if name is None:
            self._connection().execute("DELETE FROM sandbox.faults")
        else:
            self._connection().execute("DELETE FROM sandbox.faults WHERE name = %s", [known(name).name])
        _CHANGED[self._url] = time.monotonic()

    def get(self, name: str) -> str | None:
        """The fault's value while it is on (a flag's is "on"), its default, or None. Does not use up a count.

        Raises:
            UnknownFaultError: no such fault.
        """
        fault = known(name)
        now = time.monotonic()
        if now - self._read_at > CACHE_SECONDS or self._read_at <= _CHANGED.get(self._url, float("-inf")):
            self._values = dict(self._connection().execute("SELECT name, value FROM sandbox.faults").fetchall())
            self._read_at = now
        return self._values.get(name, fault.default)

    def take(self, name: str, service: str | None = None) -> str | None:
        """As `get`, and one call of a counted fault is used up; the last one switches it off, for every process.

        Args:
            name: one of the registry.
            service: the service that is called; a fault narrowed to another one is None and not used up.
        """
        fault = known(name)
        value = self.get(name)
        if value is None or not fault.meets(value, service):
            return None
        if name not in self._values:
            return value
        # The count is used up in the database, so that two processes never share one call.
        used = self._connection().execute(
            """
            WITH last AS (DELETE FROM sandbox.faults WHERE name = %(name)s AND remaining = 1 RETURNING value),
            next AS (
                UPDATE sandbox.faults SET remaining = remaining - 1
                WHERE name = %(name)s AND (remaining IS NULL OR remaining > 1) RETURNING value
            )
            SELECT value, true FROM last UNION ALL SELECT value, false FROM next
            """,
            {"name": name},
        )
        row = used.fetchone()
        _CHANGED[self._url] = time.monotonic()
        if row and fault.kind == "nth" and not row[1]:
            return None
        return row[0] if row else fault.default

    def active(self) -> list[tuple[str, str, int | None]]:
        """What is switched on: name, value, calls left (None: all), by name."""
        rows = self._connection().execute("SELECT name, value, remaining FROM sandbox.faults ORDER BY name")
        return [(name, value, remaining) for name, value, remaining in rows]

    def close(self) -> None:
        """Close the connection; a later use opens it again."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _connection(self) -> psycopg.Connection:
        if self._link is None or self._link.closed:
            self._link = psycopg.connect(self._url, autocommit=True, application_name="sandbox faults")
            if self._link.execute("SELECT to_regclass('sandbox.faults')").fetchone() == (None,):
                # Two processes may create it at the same time, which IF NOT EXISTS alone does not survive.
                with self._link.transaction():
                    self._link.execute("SELECT pg_advisory_xact_lock(hashtext('sandbox.faults'))")
                    self._link.execute(_CREATE)
        return self._link
