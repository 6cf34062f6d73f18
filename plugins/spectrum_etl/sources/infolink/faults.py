"""Turns an error of the SQL Server driver into ours, one class per remedy (A3).

No message quotes host, database, login or password of the connection: a password may stand in any of these fields.
Numbers: https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors (server)
and FreeTDS' `sybdb.h` (driver, 20000 to 20200).
"""

from __future__ import annotations

import re
import socket
from typing import Any, Protocol

from spectrum_etl.credentials.fields import hide
from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater, SpectrumEtlError, StopSync
from spectrum_etl.sources.faults import UnknownHost

#: The login itself was refused: wrong user or password, disabled, locked, expired.
_LOGIN = {18450, 18452, 18456, 18461, 18470, 18486, 18487, 18488}
_DATABASE = {911, 916, 4060, 4064}
_PERMISSION = {229, 230, 262, 297, 300}
#: A value or a column that does not have the type the query needs; text that is cut; overflow; 1/0.
_CONVERSION = {
    *{206, 220, 232, 241, 242, 245, 248, 257, 295, 305, 306, 402, 451, 468, 517, 529},
    *{2628, 8114, 8115, 8116, 8117, 8134, 8152},
}
#: Another database, behind a view, that the login may not enter.
_OTHER_DATABASE = 916
_MISSING_COLUMN = {207, 4104}
_MISSING_TABLE = {208}
_SNAPSHOT = {3952, 3956}
#: Passing faults: deadlock victim, lock time-out, out of memory or workers, fail-over, shutdown, moved to another node.
_PASSING = {
    *{596, 601, 701, 802, 1204, 1205, 1222, 3960, 3961, 6005, 8628, 8645, 8651, 9001, 10928, 10929, 14420, 17142},
    *{18401, 40143, 40197, 40501, 40540, 40613, 49918, 49919, 49920},
    # The database is being restored, recovered, moved or brought up, as a copy for reports is every night.
    *{921, 922, 923, 924, 927, 942, 952, 955, 976, 983},
}
_TIMED_OUT = {20003}
_DROPPED = {20004, 20005, 20006, 20017, 20047}
_UNREACHABLE = {20002, 20009}
_SERVER_REFUSED = 20018

_DRIVER_NUMBER = re.compile(r"DB-Lib error message (\d+)")


class Target(Protocol):
    """Where we asked; `InfoLinkConnection` is one."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def database(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def name(self) -> str: ...


def is_refused_login(error: BaseException) -> bool:
    """Whether the server was reached and refused the login, for whatever reason.

    Looks at the text, not at the number: the driver keeps the number of an earlier failed login of the same process.
    """
    return _SERVER_REFUSED in _driver_numbers(_text(error)) or "Login failed" in _text(error)


def explain_refusal(error: BaseException, target: Target, *, database_is_wrong: bool) -> SpectrumEtlError:
    """Our error for a refused login.

    Args:
        error: the driver's.
        target: where we asked.
        database_is_wrong: whether the same user and password are accepted without naming a database.
    """
    if database_is_wrong or "Cannot open database" in _text(error):
        return _of(target, _fix_database())
    return _of(
        target,
        Reauthenticate(
            f"the SQL Server refused the login: {_quoted(error, target)}",
            object="Info-Link",
            remedy="correct login and password of the Airflow connection; if they are right, have the Spectrum "
            "administrator unlock or reset the Info-Link user",
        ),
    )


def explain(
    error: BaseException, target: Target, *, table: str | None = None, company: str | None = None
) -> SpectrumEtlError:
    """Our error for a driver's.

    Args:
        error: what pymssql raised, or SQLAlchemy around it.
        target: where we asked; what it holds is struck from the message.
        table: Info-Link table that was read.
        company: company code.

    Returns:
        `RetryLater` for passing faults, `Reauthenticate` for the login, `FixConfiguration` for names and permissions,
        `StopSync` for data that are not as expected and for everything unknown.
    """
    if isinstance(error, SpectrumEtlError):
        return error
    explained = _explained(error, target, table, company)
    explained.code = str(_number(getattr(error, "orig", None) or error) or "")
    return _of(target, explained)


def _explained(error: BaseException, target: Target, table: str | None, company: str | None) -> SpectrumEtlError:
    inner = getattr(error, "orig", None) or error
    number, text = _number(inner), _quoted(inner, target)
    what = table or "Info-Link"
    place: dict[str, Any] = {"object": what, "company": company}
    if number in _LOGIN:
        return explain_refusal(inner, target, database_is_wrong=False)
    if number == _OTHER_DATABASE and table:
        return FixConfiguration(
            f"it leads to another database, which this login may not enter: {text}",
            **place,
            remedy="have the login admitted to that database, or name a table or view in infolink.names that it may"
            " read",
        )
    if number in _DATABASE:
        return _fix_database()
    if number in _PERMISSION:
        return FixConfiguration(
            f"this login may not read it: {text}",
            **place,
            remedy=f"allow {what} to this user in Info-Link's table security, then run Update Database",
        )
    if number in _MISSING_TABLE:
        return missing_table(what, target)
    if number in _MISSING_COLUMN:
        return StopSync(
            f"a column that the query needs is not there: {text}",
            **place,
            remedy="compare the table's columns with the mapping in the documentation, and correct the object's module",
        )
    if number in _CONVERSION:
        return StopSync(
            f"a column does not hold what it should: {text}",
            **place,
            remedy="look at the column's type in Info-Link; the drift log names columns whose type changed",
        )
    if number in _SNAPSHOT:
        return FixConfiguration(
            f"the database does not allow snapshot isolation: {text}",
            **place,
            remedy="remove isolation from the connection's extra, or have the database allow snapshot isolation",
        )
    return _explain_transport(number, text, target, place)


def missing_table(table: str, target: Target, named: str | None = None) -> FixConfiguration:
    """A table that is not there, or that Info-Link does not show to this user: the server does not tell which.

    Args:
        table: as the specs call it.
        target: where it was looked for.
        named: the table or view that the settings name in its place.
    """
    if named:
        error = FixConfiguration(
            f"Info-Link shows no table or view {named} to this login, which the settings name for {table}",
            object=table,
            field=named,
            remedy="correct infolink.names in include/settings.yaml, or have the login allowed to read it",
        )
        error.system, error.connection = "Info-Link", target.name
        return error
    missing = FixConfiguration(
        f"Info-Link shows no table dbo.{table} to this login",
        object=table,
        remedy="allow the table to this user in Info-Link's table security and run Update Database; where this site"
        " calls it otherwise, name it in infolink.names; if it is allowed under this name, correct schema (the"
        " database) in the Airflow connection",
    )
    missing.system, missing.connection = "Info-Link", target.name
    return missing


def _explain_transport(number: int | None, text: str, target: Target, place: dict[str, Any]) -> SpectrumEtlError:
    if number in _PASSING:
        return RetryLater(f"the SQL Server is busy or restarting: {text}", **place, remedy="run it again")
    # Whatever the driver says: after an earlier failure in this process it repeats the words of that one.
    if not _host_is_known(target.host):
        return UnknownHost(
            "there is no host of this name",
            object="Info-Link",
            field="host",
            remedy="correct the host of the Airflow connection, or this machine's name resolution",
        )
    if number in _TIMED_OUT:
        return RetryLater(
            f"the SQL Server did not answer in time: {text}",
            **place,
            remedy="run it again; if it persists, a firewall may be swallowing the connection (have this machine's IP "
            "address allowed), or query_timeout in the connection's extra is too short",
        )
    if number in _UNREACHABLE and "refused" in text:
        return RetryLater(
            f"the SQL Server refused the connection: {text}",
            **place,
            remedy="run it again; if it persists, correct host and port of the Airflow connection, start the SQL "
            "Server, or have this machine's IP address allowed",
        )
    if number in _UNREACHABLE:
        return RetryLater(
            f"the SQL Server closed the connection before the login: {text}",
            **place,
            remedy="run it again; if it persists, have this machine's IP address allowed, or look at encryption in the "
            "connection's extra: a server without TLS closes an encrypted connection",
            cause="address not allowed",
        )
    if number in _DROPPED or "Not connected" in text or "Connection is closed" in text:
        return RetryLater(f"the connection to the SQL Server was lost: {text}", **place, remedy="run it again")
    return StopSync(
        f"the SQL Server answered with an error ({number or 'no number'}): {text}",
        **place,
        remedy="look the number up in SQL Server's list of errors, and at the server's log",
    )


def _of(target: Target, error: SpectrumEtlError) -> SpectrumEtlError:
    """The error, which knows what it is about."""
    error.system, error.connection = "Info-Link", target.name
    return error


def _fix_database() -> FixConfiguration:
    return FixConfiguration(
        "the login is accepted, but cannot open the database",
        object="Info-Link",
        field="schema",
        remedy="correct schema (the database) in the Airflow connection, or have the user admitted to that database; if"
        " it is being restored or is offline, run it again afterwards",
    )


def _number(error: BaseException) -> int | None:
    """The number that tells what happened.

    The driver reports the one of the highest severity. For a connection that could not be opened that may be left over
    from an earlier failure of the same process, and for a time-out it may be a consequence: there the text decides.
    """
    reported, text = _args(error)
    found = _driver_numbers(text)
    for number in found:
        if number in _TIMED_OUT or number in _DROPPED:
            return number
    if found and _SERVER_REFUSED not in found:
        return found[0]
    return None if reported in _LOGIN and not is_refused_login(error) else reported


def _driver_numbers(text: str) -> list[int]:
    return [int(number) for number in _DRIVER_NUMBER.findall(text)]


def _args(error: BaseException) -> tuple[int | None, str]:
    args = error.args[0] if len(error.args) == 1 and isinstance(error.args[0], tuple) else error.args
    number = args[0] if args and isinstance(args[0], int) else None
    words = [part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part) for part in args]
    return number, " ".join(words[1:] if number is not None else words)


def _text(error: BaseException) -> str:
    return _args(error)[1]


def _quoted(error: BaseException, target: Target) -> str:
    """What the server or driver said, on one line, without the driver's consequences and what the connection holds."""
    text = _text(error)
    said = text.split("DB-Lib error message")[0].strip() or text
    said = re.sub(r"\s+", " ", said).strip().rstrip(".")
    held = ((target.password, "***"), (target.user, "(the login)"), (target.host, "(the host)"))
    return hide(said, (*held, (target.database, "(the database)")))


def _host_is_known(host: str) -> bool:
    try:
        socket.getaddrinfo(host.split("\\")[0], None)
    except (socket.gaierror, ValueError):  # the latter: no name can have these characters
        return False
    return True
