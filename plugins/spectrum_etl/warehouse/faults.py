"""What an error of the warehouse means: one of ours, by remedy.

No message quotes host, database, login or password of the connection: a password may stand in any of these fields.
Classes of codes: https://www.postgresql.org/docs/current/errcodes-appendix.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
from psycopg.conninfo import conninfo_to_dict

from spectrum_etl.credentials.fields import hide
from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater, SpectrumEtlError, StopSync
from spectrum_etl.warehouse.locks import END_IT, holders_of_relations

CONNECTION_ID = "warehouse"
#: Class of the codes of a connection that is no more; the driver itself gives none.
_LOST = "08"
_READ_ONLY, _LOCKED, _NOT_PERMITTED = "25006", "55P03", "42501"
#: The server ended a session because of its own limits.
_ENDED = ("25P03", "25P04")
#: Fields of a connection string by the words that stand for their values in a message.
_HIDDEN = {
    "password": "(the password)",
    "user": "(the login)",
    "host": "(the host)",
    "dbname": "(the database)",
    "sslmode": "(sslmode)",
    "sslrootcert": "(sslrootcert)",
    "sslcert": "(sslcert)",
    "sslkey": "(sslkey)",
    "target_session_attrs": "(target_session_attrs)",
}
_POOLER = re.compile(r"unsupported startup parameter")
_NO_TLS = re.compile(r"sslmode|certificate|SSL|sslrootcert")
_NO_SUCH_HOST = re.compile(r"could not translate host name|failed to resolve host|Name or service not known")
_NO_SUCH_LOGIN = re.compile(r"role .* (?:does not exist|is not permitted to log in)|no password supplied")


def explain(
    error: psycopg.Error, url: str, *, object: str | None = None, company: str | None = None
) -> SpectrumEtlError:
    """Our error for one of the warehouse's, by remedy.

    Args:
        error: what the driver raised after the login. Its first line is quoted; the others may hold data.
        url: the warehouse; who holds a lock is asked there.
        object, company: what was staged, where that is known.

    Returns:
        `RetryLater` for a lost connection and for what passes (a deadlock, a full disk, a standby that is not promoted
        yet), `FixConfiguration` for a missing permission, else `StopSync`.
    """
    explained = _explained(error, url)
    explained.object, explained.company = object, company
    explained.system, explained.connection = "warehouse", CONNECTION_ID
    explained.code = error.sqlstate or ""
    return explained


def _explained(error: psycopg.Error, url: str) -> SpectrumEtlError:
    code, said = error.sqlstate or "", error.diag.message_primary or _first_line(error, url)
    if isinstance(error, psycopg.InterfaceError) or (isinstance(error, psycopg.OperationalError) and not code):
        code = _LOST
    if code.startswith((_LOST, "57P")) or code in _ENDED:
        return RetryLater(
            f"the connection to the warehouse was lost: {said}",
            remedy="the task is retried automatically; if it keeps failing, look at the database server's log",
        )
    if code == _READ_ONLY:
        return RetryLater(
            f"the warehouse does not accept writes now: {said}",
            remedy="the task is retried automatically: after a failover the new server soon accepts writes; if it keeps"
            " failing, point the Airflow connection at the server that accepts writes, not at a standby, and check that"
            " default_transaction_read_only is off",
        )
    if code == _LOCKED:
        held = holders_of_relations(url)
        return RetryLater(
            f"a table of the warehouse did not become free in time: {held or said}",
            remedy=END_IT,
        )
    if code.startswith(("40", "53", "55", "57")):
        return RetryLater(
            f"the warehouse could not finish a statement: {said}",
            remedy="the task is retried automatically; if it keeps failing, fix what the message names (disk space,"
            " memory, connections, a lock that another session holds)",
        )
    if code == _NOT_PERMITTED:
        return FixConfiguration(
            f"the warehouse does not allow a statement: {said}",
            remedy="let the login of the Airflow connection own the database, or its schemas"
            " landing, spectrum, history and sync",
        )
    return StopSync(
        f"the warehouse refused a statement: {said}",
        remedy="nothing was published; if the message does not say what to correct, report it with the task's log",
    )


def unreachable(error: psycopg.Error, url: str) -> SpectrumEtlError:
    """Our error for a connection that could not be opened.

    Args:
        error: what the driver raised; the server's words have no code before the login.
        url: the warehouse.
    """
    known = isinstance(error, psycopg.OperationalError)
    explained = _refusal(_hidden(str(error), url)) if known else _unreadable()
    explained.system, explained.connection = "warehouse", CONNECTION_ID
    return explained


def _refusal(text: str) -> SpectrumEtlError:
    correct = "in the Airflow connection"
    # First, since the driver asks a second time without encryption, which the server's host rules may not allow.
    if "password authentication failed" in text or _NO_SUCH_LOGIN.search(text):
        return Reauthenticate("the warehouse refused the login", remedy=f"correct login and password {correct}")
    if _POOLER.search(text):
        return pooled("it takes no session settings")
    if rule := re.search(r"(?:no pg_hba\.conf entry|pg_hba\.conf rejects) .*", text):
        return FixConfiguration(
            f"the warehouse does not allow connections from this machine: {rule[0]}",
            remedy="have the database's administrator add the address to the server's pg_hba.conf, for this login and"
            " database; where it accepts encrypted connections only, set the extra sslmode of the Airflow connection"
            " to require",
            cause="address not allowed",
        )
    if re.search("database .* does not exist", text):
        return FixConfiguration(
            "the warehouse's server has no such database",
            remedy=f"correct schema (the database) {correct}, or create the database",
        )
    if "permission denied for database" in text:
        return FixConfiguration(
            "the login may not connect to the warehouse's database",
            remedy="have the database's administrator grant connect on the database to this login",
        )
    if _NO_TLS.search(text):
        return FixConfiguration(
            f"the encrypted connection to the warehouse failed (certificate or sslmode): {_first(text)}",
            remedy=f"correct the extras sslmode and sslrootcert {correct}",
            cause="certificate",
        )
    return RetryLater(
        f"the warehouse cannot be reached: {_first(text)}",
        remedy=f"the task is retried automatically; check that the database server runs, and host and port {correct}",
        cause="unknown host" if _NO_SUCH_HOST.search(text) else "no answer",
    )


def pooled(why: str) -> FixConfiguration:
    """The error of a connection that goes through a pooler in transaction mode, or the like.

    Args:
        why: what shows it.
    """
    return FixConfiguration(
        f"the connection to the warehouse goes through a pooler that does not keep sessions: {why}",
        remedy="point host and port of the Airflow connection at the PostgreSQL server itself, or at a pool in session"
        " mode that passes session settings on. Setting ignore_startup_parameters in the pooler does not"
        " help: the locks that keep records from being sent twice would not hold",
        connection=CONNECTION_ID,
        system="warehouse",
    )


def _unreadable() -> FixConfiguration:
    return FixConfiguration(
        "the warehouse's address cannot be read",
        remedy="correct host, port and schema (the database) in the Airflow connection",
    )


def _hidden(text: str, url: str) -> str:
    """Words of server or driver without the values of the connection."""
    return hide(text, _values(url))


def _values(url: str) -> Iterator[tuple[str, str]]:
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return
    for field, words in _HIDDEN.items():
        for value in str(parts.get(field) or "").split(","):
            if value:
                yield value, words


def _first_line(error: BaseException, url: str) -> str:
    return _first(_hidden(str(error), url)) or type(error).__name__


def _first(text: str) -> str:
    return (text.strip() or "no reason given").splitlines()[0]
