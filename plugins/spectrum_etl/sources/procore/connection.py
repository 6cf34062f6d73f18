"""How to reach Procore, checked when it is made. Made by tasks from the Airflow connection `procore`.

Facts on hosts and credentials: developers.procore.com/documentation/development-environments and
.../oauth-client-credentials.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from spectrum_etl.credentials.fields import (
    AirflowConnection,
    can_be_sent,
    certificate,
    check_timeouts,
    checked_url,
    extras,
    server_url,
    switch,
    timeouts,
)
from spectrum_etl.errors import FixConfiguration, about

_EXTRAS = ("company_id", "login_url", "timeout", "verify", "ca_file", "allow_plain_http")
_API_EXAMPLE = "https://api.procore.com, or another of Procore's hosts, without a path"
_LOGIN_EXAMPLE = "https://login.procore.com, without a path"


@dataclass(frozen=True)
class ProcoreConnection:
    """One Procore installation and the service account (DMSA) used on it.

    Args:
        base_url: scheme, host and port of the API, `https://api.procore.com`.
        client_id: of the app's service account.
        client_secret: of the app's service account. Secret.
        login_url: scheme, host and port that give out tokens, `https://login.procore.com`.
        company_id: the Procore company to work in, unless the client names another; digits, may exceed 32 bits.
        timeout_seconds: to connect, and between two pieces of an answer, in seconds.
        verify: whether the servers' certificates are checked, or the file of the authority that signed them.
        allow_plain_http: whether http may be used to machines other than this one. Credentials are readable then.
        name: id of the Airflow connection, for messages.

    Raises:
        FixConfiguration: a value is missing or not allowed.
    """

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    login_url: str = "https://login.procore.com"
    company_id: str = ""
    timeout_seconds: tuple[float, float] = (10.0, 60.0)
    verify: bool | str = True
    allow_plain_http: bool = False
    name: str = "procore"

    def __post_init__(self) -> None:
        for name, field_name, example in (
            ("host", "base_url", _API_EXAMPLE),
            ("login_url", "login_url", _LOGIN_EXAMPLE),
        ):
            url = getattr(self, field_name)
            url = checked_url(name, url, _wrong, example, path=False, plain_http=self.allow_plain_http)
            object.__setattr__(self, field_name, url)
        if not self.client_id:
            raise _wrong("login", "the login is the client id of Procore's service account", "not empty")
        # The value is a secret: no message shows it.
        if not self.client_secret or not can_be_sent(self.client_secret):
            raise _wrong(
                "password",
                "the password is the client secret; it is empty, holds characters that cannot be sent, or begins or "
                "ends with a blank",
                "plain ASCII",
            )
        if self.company_id:
            object.__setattr__(self, "company_id", checked_company(self.company_id))
        check_timeouts(self.timeout_seconds, _wrong)

    @classmethod
    def from_airflow(cls, conn: AirflowConnection) -> ProcoreConnection:
        """The connection that an Airflow connection describes.

        Args:
            conn: host (a name, or a URL), port, schema (`https` by default, or `http`), login (client id), password
                (client secret); extras `company_id`, `login_url` (by default the login host that belongs to one of
                Procore's own hosts, else the host itself), `timeout` (seconds between two pieces of an answer, or
                `[connect, read]`), `verify`, `ca_file`, `allow_plain_http`.

        Raises:
            FixConfiguration: something is missing, unknown or not allowed.
        """
        name = getattr(conn, "conn_id", None) or "procore"
        with about("Procore", name):
            return cls._read(conn, name)

    @classmethod
    def _read(cls, conn: AirflowConnection, name: str) -> ProcoreConnection:
        extra = extras(conn, _EXTRAS, _wrong)
        base_url = server_url(conn, _wrong, _API_EXAMPLE)
        return cls(
            base_url=base_url,
            client_id=(conn.login or "").strip(),
            client_secret=conn.password or "",
            login_url=str(extra.get("login_url") or _login_url(base_url)),
            company_id=str(extra.get("company_id") or ""),
            timeout_seconds=timeouts(extra, 60.0, _wrong),
            verify=certificate(extra, _wrong),
            allow_plain_http=switch(extra, "allow_plain_http", False, _wrong),
            name=name,
        )


#: Which host gives out tokens for which API host; developers.procore.com/documentation/development-environments.
_LOGIN_HOSTS = {
    "api.procore.com": "https://login.procore.com",
    "sandbox.procore.com": "https://login-sandbox.procore.com",
    "api-monthly.procore.com": "https://login-sandbox-monthly.procore.com",
}


def checked_company(company_id: str) -> str:
    """A Procore company id as text, trimmed.

    Raises:
        FixConfiguration: it is not made of digits.
    """
    text = str(company_id).strip()
    if not text.isascii() or not text.isdigit():
        raise _wrong("company_id", "this is not the id of a Procore company", "digits only")
    return text


def _login_url(base_url: str) -> str:
    return _LOGIN_HOSTS.get(urlsplit(base_url).hostname or "", base_url)


def _wrong(name: str, message: str, limit: str) -> FixConfiguration:
    return FixConfiguration(
        message,
        object="the connection to Procore",
        field=name,
        limit=limit,
        remedy=f"correct {name} in the Airflow connection",
        system="Procore",
    )
