"""Where Info-Link is and how to reach it: the one place that opens a connection to Spectrum's SQL Server.

Knows no Airflow beyond the attributes of a connection.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import pymssql

from spectrum_etl.credentials.fields import AirflowConnection, extras
from spectrum_etl.errors import FixConfiguration, SpectrumEtlError, about
from spectrum_etl.sources.infolink.faults import explain, explain_refusal, is_refused_login

Encryption = Literal["require", "request", "off"]
Isolation = Literal["read committed", "snapshot"]

#: Spoken by SQL Server 2012 and newer. Fixed, because FreeTDS otherwise tries versions one after the other and a wrong
#: password counts as several failed logins.
TDS_VERSION = "7.4"

#: What the driver sets by default on a new connection, and what we add: Spectrum's own posting must never be the
#: victim of a deadlock with a sync.
_SESSION = (
    "SET ARITHABORT ON",
    "SET CONCAT_NULL_YIELDS_NULL ON",
    "SET ANSI_NULLS ON",
    "SET ANSI_PADDING ON",
    "SET ANSI_WARNINGS ON",
    "SET QUOTED_IDENTIFIER ON",
    "SET TEXTSIZE 2147483647",
    "SET DEADLOCK_PRIORITY LOW",
)


_EXTRAS = ("encryption", "isolation", "login_timeout", "query_timeout")
#: What Airflow calls the fields that are called otherwise here.
_FIELDS = {"database": "schema", "user": "login"}


@dataclass(frozen=True)
class InfoLinkConnection:
    """Where Info-Link is and who asks.

    Args:
        host: name or address of the SQL Server.
        database: Spectrum's database.
        user: Info-Link user, such as `INFO0003`; needs to read only.
        password: never shown.
        port: TCP port.
        encryption: `require` refuses a server without TLS, `request` takes what it gets, `off` sends everything but
            the login in clear. The driver encrypts; it does not verify the server's certificate.
        login_timeout: seconds to wait for the login.
        query_timeout: seconds to wait for the server's next answer to a query. The driver keeps one value a process.
        isolation: `read committed` reads committed rows only and holds no lock longer than the row or page it is at.
            `snapshot` takes no locks at all and sees one moment per query; the database must allow it (ALTER DATABASE
            ... SET ALLOW_SNAPSHOT_ISOLATION ON). Dirty reads are not offered: they would give wrong totals.
        name: id of the Airflow connection, for messages.

    Raises:
        FixConfiguration: a value that is missing or not allowed.
    """

    host: str
    database: str
    user: str
    password: str = field(repr=False)
    port: int = 1433
    encryption: Encryption = "require"
    login_timeout: int = 30
    query_timeout: int = 600
    isolation: Isolation = "read committed"
    name: str = "spectrum_infolink"

    @property
    def login_company(self) -> str:
        """The company whose rows a table without `_MC` shows: a login's name begins with it (`INFO0003`: INF).

        Source: reference/spectrum-api.md, section 4.
        """
        return self.user[:3]

    @property
    def server(self) -> str:
        """Stands for the server, whoever logs in to whichever database: turns are taken by it (O2).

        A hash, since a password may stand in the wrong field.
        """
        return hashlib.sha256(f"{self.host.strip().rstrip('.').lower()}:{self.port}".encode()).hexdigest()[:16]

    def __post_init__(self) -> None:
        for name in ("host", "database", "user", "password"):
            if not getattr(self, name):
                raise _wrong(name, f"{_FIELDS.get(name, name)} is missing", "a value")
        for name, allowed in (("encryption", get_args(Encryption)), ("isolation", get_args(Isolation))):
            if getattr(self, name) not in allowed:
                raise _wrong(name, f"{name} is not allowed", ", ".join(allowed))
        for name, highest in (("port", 65535), ("login_timeout", 600), ("query_timeout", 86400)):
            value = getattr(self, name)
            if not isinstance(value, int) or not 1 <= value <= highest:
                raise _wrong(name, f"{name} is not allowed", f"a whole number from 1 to {highest}")

    @classmethod
    def from_airflow(cls, connection: AirflowConnection) -> InfoLinkConnection:
        """From an Airflow connection (type mssql).

        Args:
            connection: host, port, schema (the database), login, password, and in its extra optionally `encryption`,
                `login_timeout` and `query_timeout` (seconds) and `isolation`.

        Raises:
            FixConfiguration: a value that is missing or not allowed, or an extra that is not a JSON object.
        """
        name = getattr(connection, "conn_id", None) or "spectrum_infolink"
        with about("Info-Link", name):
            return cls._read(connection, name)

    @classmethod
    def _read(cls, connection: AirflowConnection, name: str) -> InfoLinkConnection:
        extra = extras(connection, _EXTRAS, _wrong)
        options: dict[str, Any] = {option: extra[option] for option in ("encryption", "isolation") if option in extra}
        for option in ("login_timeout", "query_timeout"):
            if option in extra:
                options[option] = _seconds(option, extra[option])
        return cls(
            host=connection.host or "",
            port=connection.port or 1433,
            database=connection.schema or "",
            user=connection.login or "",
            password=connection.password or "",
            name=name,
            **options,
        )

    def open(self) -> pymssql.Connection:
        """Log in; nothing is asked of the server beyond that.

        The connection is in autocommit: a read must not leave a transaction open on the ERP.

        Raises:
            FixConfiguration: unknown host or database.
            Reauthenticate: wrong user or password.
            RetryLater: refused, closed or silent; the message says what to look at if it stays so.
        """
        try:
            return self._login(self.database)
        except pymssql.Error as error:
            raise self._refusal(error) from None

    def _refusal(self, error: pymssql.Error) -> SpectrumEtlError:
        # A server asked for a database that does not exist answers "login failed", as for a wrong password (18456
        # outweighs 4060 in the driver): https://github.com/pymssql/pymssql/issues/804. A login without one tells.
        if not is_refused_login(error):
            return explain(error, self)
        try:
            self._login("").close()
        except pymssql.Error:
            return explain_refusal(error, self, database_is_wrong=False)
        return explain_refusal(error, self, database_is_wrong=True)

    def _login(self, database: str) -> pymssql.Connection:
        return pymssql.connect(
            server=self.host,
            port=str(self.port),
            user=self.user,
            password=self.password,
            database=database,
            encryption=self.encryption,
            login_timeout=self.login_timeout,
            timeout=self.query_timeout,
            tds_version=TDS_VERSION,
            charset="UTF-8",
            appname="spectrum_etl",
            autocommit=True,
            conn_properties="; ".join((*_SESSION, f"SET TRANSACTION ISOLATION LEVEL {self.isolation.upper()};")),
        )


def _seconds(name: str, value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise _wrong(name, f"{name} is not a number", "whole seconds") from None


def _wrong(name: str, message: str, limit: str) -> FixConfiguration:
    where = _FIELDS.get(name, name)
    return FixConfiguration(
        message,
        object="Info-Link connection",
        field=where,
        limit=limit,
        remedy=f"correct {where} in the Airflow connection of Info-Link",
        system="Info-Link",
    )
