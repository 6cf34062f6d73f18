"""The one place that opens a connection to the warehouse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from spectrum_etl.credentials import airflow_connection
from spectrum_etl.credentials.fields import AirflowConnection, extras
from spectrum_etl.errors import FixConfiguration
from spectrum_etl.warehouse.faults import CONNECTION_ID, explain, pooled, unreachable
from spectrum_etl.warehouse.locks import LOCK_TIMEOUT

CONNECT_SECONDS = 15
ENCODING = "UTF8"
EXTRAS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs")
#: What libpq takes for these, https://www.postgresql.org/docs/current/libpq-connect.html.
_ALLOWED = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "target_session_attrs": ("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
}
#: Names and addresses, several of them separated by commas, or the folder of a socket.
_HOST = re.compile(r"[\w.:,\[\]/-]+\Z")

#: Session settings. The row hash is taken over the text of values, so their text must not depend on the server; and no
#: wait for a lock may last for ever.
_SESSION = {
    "datestyle": "ISO, YMD",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "work_mem": "128MB",
    "standard_conforming_strings": "on",
    "lock_timeout": LOCK_TIMEOUT,
}
#: The server looks after a silent client, in seconds: one that was cut off must not hold its locks for hours. Of no
#: effect, and shown as 0, where the two talk by a socket of the machine.
_SERVER_KEEPALIVES = {"tcp_keepalives_idle": "60", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "6"}
#: The client looks after a silent server, in seconds.
_KEEPALIVES: Mapping[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 60,
    "keepalives_interval": 10,
    "keepalives_count": 6,
}
#: Settings as they hold, and the process that serves the session: poolers invent its number.
_PROOF = "select pg_backend_pid(), " + ", ".join(f"current_setting('{name}')" for name in _SESSION)


def warehouse_url(conn_id: str = CONNECTION_ID) -> str:
    """The warehouse as a libpq connection string, from an Airflow connection. It holds the password: never log it.

    Args:
        conn_id: of the connection; the page may have one of its own.

    Raises:
        FixConfiguration: there is no such connection, it is not a PostgreSQL, or a field of it is missing or wrong.
        RetryLater: Airflow does not answer.
    """
    return url_of(airflow_connection(conn_id), conn_id)


def url_of(connection: AirflowConnection, conn_id: str = CONNECTION_ID) -> str:
    """The connection string that an Airflow connection describes.

    Args:
        connection: type postgres; host, port, schema (the database), login, password; extras as `EXTRAS`.
        conn_id: its id, for messages.

    Raises:
        FixConfiguration: a field is missing or wrong. Its value is never quoted.
    """

    def wrong(name: str, message: str, limit: str) -> FixConfiguration:
        return FixConfiguration(
            message,
            object="the connection to the warehouse",
            field=name,
            limit=limit,
            remedy=f"correct {name} in the Airflow connection",
            connection=conn_id,
            system="warehouse",
        )

    kind: Any = getattr(connection, "conn_type", "postgres")
    if kind not in ("postgres", "postgresql"):
        raise wrong("type", "the warehouse is a PostgreSQL, and the connection has another type", "postgres")
    for field in ("host", "schema", "login"):
        if not getattr(connection, field):
            raise wrong(field, f"the connection has no {field}", "not empty")
    if not _HOST.match(str(connection.host)):
        limit = "a name or an address, without user, password or path"
        raise wrong("host", "this is not the address of a server", limit)
    extra = extras(connection, EXTRAS, wrong)
    for name, allowed in _ALLOWED.items():
        if extra.get(name, allowed[0]) not in allowed:
            raise wrong(name, f"{name} is not allowed", ", ".join(allowed))
    try:
        return make_conninfo(
            host=connection.host,
            port=connection.port or 5432,
            dbname=connection.schema,
            user=connection.login,
            password=connection.password,
            **{name: str(value) for name, value in extra.items()},
        )
    except psycopg.ProgrammingError:
        raise wrong("extra", "an extra cannot be used", ", ".join(EXTRAS)) from None


@contextmanager
def connect(url: str) -> Iterator[psycopg.Connection]:
    """Open the warehouse; the connection is closed at the end, and rolled back where nothing was committed.

    Args:
        url: libpq URL or connection string.

    Raises:
        RetryLater: it cannot be reached, takes no writes for the moment, or went away while it was used.
        Reauthenticate: it refused the login.
        FixConfiguration: there is no such database, it is not in UTF-8, the server does not let this machine in, or a
            pooler lies in between that loses what belongs to a session.
        SpectrumEtlError: as `explain`, for what it refuses while it is used.
    """
    settings = {**_SESSION, **_SERVER_KEEPALIVES}
    options = " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in settings.items())
    try:
        connection = _open(url, options)
    except psycopg.Error as error:
        raise unreachable(error, url) from None
    try:
        with connection:
            _require_our_session(connection, url, options)
            yield connection
    except psycopg.Error as error:
        raise explain(error, url) from error
    finally:
        connection.close()


def _open(url: str, options: str) -> psycopg.Connection:
    return psycopg.connect(
        url,
        connect_timeout=CONNECT_SECONDS,
        options=options,
        application_name="spectrum_etl",
        client_encoding="utf8",
        **_KEEPALIVES,
    )


def _require_our_session(connection: psycopg.Connection, url: str, options: str) -> None:
    """Refuse a warehouse whose text is not ours, and a session that is not only ours, before anything relies on it.

    Raises:
        FixConfiguration: the database is not in UTF-8, or a pooler lies in between.
    """
    if connection.info.parameter_status("server_encoding") != ENCODING:
        raise FixConfiguration(
            "the warehouse's database is not in UTF-8, so it cannot hold every name of Spectrum",
            remedy="create a new database as docs/setup.md says, with encoding 'UTF8' template template0, and have the"
            " Airflow connection name it",
            connection=CONNECTION_ID,
            system="warehouse",
        )
    pid, *values = _asked(connection, _PROOF)
    lost = [name for name, value in zip(_SESSION, values, strict=True) if value != _SESSION[name]]
    if lost:
        raise pooled(f"the setting {lost[0]} was lost")
    if pid != connection.info.backend_pid and _shares_its_backend(connection, url, options):
        raise pooled("two sessions are served by one process of the server")


def _shares_its_backend(connection: psycopg.Connection, url: str, options: str) -> bool:
    """Whether another session gets this one's process of the server, or this one another, from one transaction to the
    next; a pool of sessions does neither.
    """
    (before, *_) = _asked(connection, "select pg_backend_pid()")
    with _open(url, options) as other:
        row = other.execute("select pg_backend_pid()").fetchone()  # its transaction stays open
        (after, *_) = _asked(connection, "select pg_backend_pid()")
    return row is None or row[0] == before or after != before


def _asked(connection: psycopg.Connection, query: str) -> tuple[Any, ...]:
    """The row of a query in a transaction of its own."""
    connection.autocommit = True
    row = connection.execute(query.encode()).fetchone()
    connection.autocommit = False
    assert row is not None
    return row
