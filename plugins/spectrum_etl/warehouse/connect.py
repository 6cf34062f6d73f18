"""The one place that opens a connection to the warehouse. Used by every task that touches it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater

log = logging.getLogger(__name__)

CONNECTION_ID = "warehouse"
CONNECT_SECONDS = 15

#: Session settings. The row hash is taken over the text of values, so their text must not depend on the server.
_SESSION = {
    "datestyle": "ISO, YMD",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "work_mem": "128MB",
    "standard_conforming_strings": "on",
}


def warehouse_url() -> str:
    """The warehouse as a libpq URL, from the Airflow connection `warehouse`. It holds the password: never log it.

    Raises:
        FixConfiguration: there is no such connection, or it is not a PostgreSQL.
    """
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowRuntimeError

    try:
        connection = BaseHook.get_connection(CONNECTION_ID)
    except AirflowRuntimeError as error:
        raise FixConfiguration(
            f"there is no Airflow connection {CONNECTION_ID!r}",
            remedy="create it: type postgres, with host, port, schema (the database), login and password",
        ) from error
    if connection.conn_type not in ("postgres", "postgresql"):
        raise FixConfiguration(
            f"the Airflow connection {CONNECTION_ID!r} has the type {connection.conn_type!r}",
            remedy="make it a postgres connection: the warehouse is a PostgreSQL 16 or newer",
        )
    extra = connection.extra_dejson
    return make_conninfo(
        host=connection.host,
        port=connection.port or 5432,
        dbname=connection.schema,
        user=connection.login,
        password=connection.password,
        sslmode=extra.get("sslmode"),
        sslrootcert=extra.get("sslrootcert"),
    )


@contextmanager
def connect(url: str) -> Iterator[psycopg.Connection]:
    """Open the warehouse; the connection is closed at the end, and rolled back where nothing was committed.

    Args:
        url: libpq URL or connection string.

    Raises:
        RetryLater: it cannot be reached, or went away while it was used.
        Reauthenticate: it refused the login.
    """
    options = " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in _SESSION.items())
    try:
        connection = psycopg.connect(
            url, connect_timeout=CONNECT_SECONDS, options=options, application_name="spectrum_etl"
        )
    except psycopg.OperationalError as error:
        raise _unreachable(url, error) from None
    try:
        with connection:
            yield connection
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        if not connection.broken and not connection.closed:
            raise
        raise RetryLater(
            f"the connection to the warehouse {_where(url)} was lost: {_first_line(error)}",
            remedy="the task is tried again by itself; if it keeps failing, look at the database server's log",
        ) from error
    finally:
        connection.close()


def sqlalchemy_url(url: str) -> str:
    """The same warehouse as a SQLAlchemy URL for the psycopg 3 driver, for Great Expectations."""
    from sqlalchemy.engine import URL

    parts = {str(name): str(value) for name, value in conninfo_to_dict(url).items()}
    known = ("host", "port", "user", "password", "dbname")
    return URL.create(
        "postgresql+psycopg",
        username=parts.get("user"),
        password=parts.get("password"),
        host=parts.get("host"),
        port=int(parts["port"]) if "port" in parts else None,
        database=parts.get("dbname"),
        query={name: value for name, value in parts.items() if name not in known},
    ).render_as_string(hide_password=False)


def _unreachable(url: str, error: psycopg.OperationalError) -> RetryLater | Reauthenticate:
    if "password authentication failed" in str(error) or "no pg_hba.conf entry" in str(error):
        return Reauthenticate(
            f"the warehouse {_where(url)} refused the login",
            remedy=f"correct login and password of the Airflow connection {CONNECTION_ID!r}",
        )
    return RetryLater(
        f"the warehouse {_where(url)} cannot be reached: {_first_line(error)}",
        remedy="the task is tried again by itself; check that the database server runs, and its host and port",
    )


def _where(url: str) -> str:
    parts = conninfo_to_dict(url)
    return f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
