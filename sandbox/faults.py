"""The sandbox's switchable faults: named, typed, counted; shared by Info-Link, the web services, the tests and the
command line.

They are rows of the table `sandbox.faults` in the sandbox database, so that every process sees a change at once (at
most 0.2 s later: each reader keeps what it read for so long). `REGISTRY` is the list of what can be set.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import LiteralString

import psycopg

CACHE_SECONDS = 0.2

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


class UnknownFaultError(ValueError):
    """A fault's name is not in the registry, or its value or count does not fit; the message says what would."""


@dataclass(frozen=True)
class Fault:
    """One fault that can be switched on.

    Args:
        name: as it is written on the command line.
        description: what it does, one line.
        kind: "flag" (no value), "int" (a whole number, at least 0), "text" (a name) or "switch" (on or off).
        default: the value it has when nobody set it; None: off.
    """

    name: str
    description: str
    kind: str = "flag"
    default: str | None = None

    def checked(self, value: str | None) -> str:
        """The value in its stored form.

        Raises:
            UnknownFaultError: a value of the wrong kind.
        """
        if self.kind == "flag" and value in (None, "", "on"):
            return "on"
        if self.kind == "int" and value is not None and value.isdecimal():
            return str(int(value))
        if self.kind == "switch" and value in ("on", "off"):
            return value
        if self.kind == "text" and value:
            return value
        wanted = {"flag": "no value", "int": "a whole number", "switch": "on or off", "text": "a name"}[self.kind]
        raise UnknownFaultError(f"fault {self.name}: the value {value!r} does not fit, it takes {wanted}")


REGISTRY: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault("infolink_refuse_login", "Info-Link answers a login with error 18456, as for a wrong password"),
        Fault("infolink_blocked_ip", "Info-Link closes new connections before the login, as a firewall does"),
        Fault("infolink_drop_after_rows", "Info-Link closes the connection after so many rows of an answer", "int"),
        Fault("infolink_slow_ms", "Info-Link waits so many milliseconds before it answers a query", "int"),
        Fault("infolink_deny_table", "Info-Link refuses to read this table with error 229", "text"),
        Fault("sdx_row_cap", "SDX cuts answers at so many rows; 0 is no limit", "int", default="500"),
        Fault("sdx_warning_row", "SDX adds a warning row to an answer it has cut", "switch", default="on"),
        Fault("sdx_cut_tail", "SDX leaves the closing tags of an answer off"),
        Fault("sdx_cut_record", "SDX ends an answer in the middle of a record"),
        Fault("sdx_server_fault", "SDX answers with a SOAP fault of its server"),
        Fault("sdx_slow_ms", "SDX waits so many milliseconds before it answers", "int"),
        Fault("sdx_http_500", "SDX answers with HTTP status 500"),
        Fault("sdx_drop_connection", "SDX does the work and closes the connection without an answer"),
        Fault("sdx_expired_token", "SDX refuses the bearer token as expired"),
        Fault("sdx_service_off", "SDX does not offer this service to the Authorization ID", "text"),
        Fault("sdx_blocked_ip", "SDX refuses the caller's address"),
    )
}


def parse(text: str) -> tuple[str, str, int | None]:
    """Read a fault as it is written on the command line: `name`, `name=value`, `name=value:count` or `name:count`.

    Returns:
        Name, stored value and how many calls meet it (None: all).

    Raises:
        UnknownFaultError: no such fault, or a value or count that does not fit.
    """
    head, colon, tail = text.rpartition(":")
    rest, count_text = (head, tail) if colon and tail.isdecimal() else (text, "")
    name, equals, value = rest.partition("=")
    fault = _known(name.strip())
    count = int(count_text) if count_text else None
    if count == 0:
        raise UnknownFaultError(f"fault {fault.name}: a count of 0 calls never happens, leave it out or give 1 or more")
    return fault.name, fault.checked(value.strip() if equals else None), count


def _known(name: str) -> Fault:
    fault = REGISTRY.get(name)
    if fault is None:
        raise UnknownFaultError(f"no fault named {name!r}; there are: {', '.join(REGISTRY)}")
    return fault


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
        stored = _known(name).checked(value)
        if count is not None and count < 1:
            raise UnknownFaultError(f"fault {name}: a count of {count} calls never happens, give 1 or more")
        self._connection().execute(
            """
            INSERT INTO sandbox.faults (name, value, remaining) VALUES (%s, %s, %s)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value, remaining = excluded.remaining, set_at = now()
            """,
            [name, stored, count],
        )
        self._read_at = float("-inf")

    def set_all(self, texts: Iterable[str]) -> None:
        """Switch faults on as the command line writes them."""
        for name, value, count in [parse(text) for text in texts]:
            self.set(name, value if _known(name).kind != "flag" else None, count)

    def clear(self, name: str | None = None) -> None:
        """Switch one fault off, or all; a default such as sdx_row_cap=500 comes back."""
        if name is None:
            self._connection().execute("DELETE FROM sandbox.faults")
        else:
            self._connection().execute("DELETE FROM sandbox.faults WHERE name = %s", [_known(name).name])
        self._read_at = float("-inf")

    def get(self, name: str) -> str | None:
        """The fault's value while it is on (a flag's is "on"), its default, or None. Does not use up a count.

        Raises:
            UnknownFaultError: no such fault.
        """
        fault = _known(name)
        if time.monotonic() - self._read_at > CACHE_SECONDS:
            self._values = dict(self._connection().execute("SELECT name, value FROM sandbox.faults").fetchall())
            self._read_at = time.monotonic()
        return self._values.get(name, fault.default)

    def take(self, name: str) -> str | None:
        """As `get`, and one call of a counted fault is used up; the last one switches it off, for every process."""
        value = self.get(name)
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
            SELECT value FROM last UNION ALL SELECT value FROM next
            """,
            {"name": name},
        )
        row = used.fetchone()
        self._read_at = float("-inf")
        return row[0] if row else _known(name).default

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
