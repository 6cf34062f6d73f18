"""The one place that opens a connection to the warehouse. Used by every task that touches it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater, SpectrumEtlError, StopSync

log = logging.getLogger(__name__)

CONNECTION_ID = "warehouse"
CONNECT_SECONDS = 15

#: Class of the codes of a connection that is no more; the driver itself gives none.
_LOST = "08"

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
        FixConfiguration: there is no such database, or the server does not let this machine in.
        SpectrumEtlError: as `explain`, for what it refuses while it is used.
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
    except psycopg.Error as error:
        raise explain(error, url) from error
    finally:
        connection.close()


def explain(
    error: psycopg.Error, url: str, *, object: str | None = None, company: str | None = None
) -> SpectrumEtlError:
    """Our error for one of the warehouse's, by remedy.

    Args:
        error: what the driver raised after the login. Its first line is quoted; the others may hold data.
        url: the warehouse.
        object, company: what was staged, where that is known.

    Returns:
        `RetryLater` for a lost connection and for what passes (a deadlock, a full disk), `FixConfiguration` for a
        missing permission, else `StopSync`. Classes of codes:
        https://www.postgresql.org/docs/current/errcodes-appendix.html.
    """
    code, said = error.sqlstate or "", error.diag.message_primary or _first_line(error)
    where = f"the warehouse {_where(url)}"
    if isinstance(error, psycopg.InterfaceError) or (isinstance(error, psycopg.OperationalError) and not code):
        code = _LOST
    if code.startswith((_LOST, "57P")):
        return RetryLater(
            f"the connection to {where} was lost: {said}",
            object=object,
            company=company,
            remedy="the task is tried again by itself; if it keeps failing, look at the database server's log",
        )
    if code.startswith(("40", "53", "55", "57")):
        return RetryLater(
            f"{where} could not finish a statement: {said}",
            object=object,
            company=company,
            remedy="the task is tried again by itself; if it keeps failing, see to what the message names (room on the"
            " disk, memory, connections, a lock that somebody holds)",
        )
    if code == "42501":
        return FixConfiguration(
            f"{where} does not allow a statement: {said}",
            object=object,
            company=company,
            remedy=f"let the login of the Airflow connection {CONNECTION_ID!r} own the database, or its schemas"
            " landing, spectrum, history and sync",
        )
    return StopSync(
        f"{where} refused a statement: {said}",
        object=object,
        company=company,
        remedy="nothing was published; if the message does not tell what to correct, report it with the task's log",
    )


def _unreachable(url: str, error: psycopg.OperationalError) -> SpectrumEtlError:
    # First, since the driver asks a second time without encryption, which the server's host rules may not let in.
    if "password authentication failed" in str(error):
        return Reauthenticate(
            f"the warehouse {_where(url)} refused the login",
            remedy=f"correct login and password of Airflow's connection {CONNECTION_ID!r}",
        )
    if rule := re.search(r"(?:no pg_hba\.conf entry|pg_hba\.conf rejects) .*", str(error)):
        return FixConfiguration(
            f"the warehouse {_where(url)} does not let this machine in: {rule[0]}",
            remedy="have the database's administrator add the address to the server's pg_hba.conf, for this login and"
            " database; where it lets in encrypted connections alone, set the extra sslmode of Airflow's connection"
            f" {CONNECTION_ID!r} to require",
        )
    if re.search('database ".*" does not exist', str(error)):
        return FixConfiguration(
            f"there is no database {_where(url)}",
            remedy=f"correct schema (the database) in the Airflow connection {CONNECTION_ID!r}, or create the database",
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
