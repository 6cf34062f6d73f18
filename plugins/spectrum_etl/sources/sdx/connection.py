"""How to reach one Data Exchange server, checked when it is made. Made by tasks from an Airflow connection.

Facts on authentication and GUID: help.trimble.com/en/spectrum/spectrum/api-web-services (developer-information,
authentication/basic-authentication, authentication/enhanced-authentication).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

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

Auth = Literal["basic", "enhanced"]
GuidPolicy = Literal["per_call", "per_batch", "empty"]

DEFAULT_PORT = 8482
_EXAMPLE = "https://HOST:8482, without a path"
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")
_EXTRAS = (
    "auth",
    "client_id",
    "client_secret",
    "guid",
    "timeout",
    "verify",
    "ca_file",
    "row_cap",
    "parallel",
    "rest_bearer_header",
    "rest_basic_header",
    "token_url",
    "allow_plain_http",
)


@dataclass(frozen=True)
class SdxConnection:
    """One Data Exchange server and the Authorization ID used on it.

    Args:
        base_url: scheme, host and port, `https://HOST:8482`.
        company_login: company code of the login; the user name of REST calls and the company that checks ask for.
        authorization_id: the Authorization ID of Spectrum's Data Exchange installation, at most 20 characters. Secret.
        auth: `basic`, or `enhanced` (OAuth 2 client credentials; hosted customers).
        client_id: of enhanced authentication.
        client_secret: of enhanced authentication. Secret; it expires after 7 to 120 days.
        guid_policy: what is sent as GUID: a new one per call, one per service, or nothing. Installations differ.
        timeout_seconds: to connect, and between two pieces of an answer, in seconds.
        verify: whether the server's certificate is checked, or the file of the authority that signed it.
        row_cap: an answer with this many records or more may be incomplete. About 500 on the installations known.
        parallel: calls at a time; servers are known to fail under more than 3.
        rest_bearer_header: header of the token on REST calls with enhanced authentication.
        rest_basic_header: header of company code and Authorization ID on those calls. Where the Authorization ID goes
            is not published, so both are settings.
        token_url: where tokens are given out, if not at `base_url`/connect/token.
        allow_plain_http: whether http may be used to machines other than this one. The Authorization ID is readable
            then.
        name: id of the Airflow connection, for messages.

    Raises:
        FixConfiguration: a value is missing or not allowed.
    """

    base_url: str
    company_login: str
    authorization_id: str = field(repr=False)
    auth: Auth = "basic"
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    guid_policy: GuidPolicy = "per_call"
    timeout_seconds: tuple[float, float] = (10.0, 120.0)
    verify: bool | str = True
    row_cap: int = 500
    parallel: int = 3
    rest_bearer_header: str = "Authorization"
    rest_basic_header: str = "X-Authorization"
    token_url: str = ""
    allow_plain_http: bool = False
    name: str = "spectrum_sdx"

    def __post_init__(self) -> None:
        for field_name, name in (("base_url", "host"), ("token_url", "token_url")):
            if field_name == "base_url" or self.token_url:
                url = getattr(self, field_name)
                url = checked_url(name, url, _wrong, _EXAMPLE, path=True, plain_http=self.allow_plain_http)
                object.__setattr__(self, field_name, url)
        object.__setattr__(self, "company_login", self.company_login.strip())
        if not 1 <= len(self.company_login) <= 3:
            raise _wrong("login", "the login is the Spectrum company code", "1 to 3 characters")
        # The value is a secret: the message tells its length at most.
        if not can_be_sent(self.authorization_id):
            raise _wrong(
                "password",
                "the Authorization ID holds characters that cannot be sent, or begins or ends with a blank",
                "plain ASCII",
            )
        if not 1 <= len(self.authorization_id) <= 20:
            size = len(self.authorization_id)
            raise _wrong(
                "password", f"the password is the Authorization ID and has {size} characters", "1 to 20 characters"
            )
        _one_of("auth", self.auth, get_args(Auth))
        _one_of("guid", self.guid_policy, get_args(GuidPolicy))
        if self.auth == "enhanced":
            for name, value in (("client_id", self.client_id), ("client_secret", self.client_secret)):
                if not value:
                    raise _wrong(name, f"enhanced authentication needs a {name}", "not empty")
        check_timeouts(self.timeout_seconds, _wrong)
        if self.row_cap < 1:
            raise _wrong("row_cap", "a row cap is a count of records", "1 or more")
        if not 1 <= self.parallel <= 3:
            raise _wrong("parallel", "servers fail under more than 3 calls at a time", "1 to 3")
        for name, value in (("bearer", self.rest_bearer_header), ("basic", self.rest_basic_header)):
            if not _HEADER_NAME.match(value):
                raise _wrong(f"rest_{name}_header", "this is not a header name", "letters and dashes")
        if self.rest_bearer_header.casefold() == self.rest_basic_header.casefold():
            raise _wrong(
                "rest_basic_header",
                "token and Authorization ID cannot share a header",
                "another name than rest_bearer_header",
            )

    @classmethod
    def from_airflow(cls, conn: AirflowConnection) -> SdxConnection:
        """The connection that an Airflow connection describes.

        Args:
            conn: host (a name, or a URL), port, schema (`https` by default, or `http`), login (company code),
                password (Authorization ID); extras `auth`, `client_id`, `client_secret`, `guid`, `timeout` (seconds
                between two pieces of an answer, or `[connect, read]`), `verify`, `ca_file`, `row_cap`, `parallel`,
                `rest_bearer_header`, `rest_basic_header`, `token_url`, `allow_plain_http`.

        Raises:
            FixConfiguration: something is missing, unknown or not allowed.
        """
        name = getattr(conn, "conn_id", None) or "spectrum_sdx"
        with about("web services", name):
            return cls._read(conn, name)

    @classmethod
    def _read(cls, conn: AirflowConnection, name: str) -> SdxConnection:
        extra = extras(conn, _EXTRAS, _wrong)
        optional = {
            name: str(extra[name])
            for name in ("auth", "client_id", "client_secret", "rest_bearer_header", "rest_basic_header", "token_url")
            if extra.get(name)
        }
        return cls(
            base_url=server_url(conn, _wrong, _EXAMPLE, DEFAULT_PORT),
            company_login=conn.login or "",
            authorization_id=conn.password or "",
            guid_policy=extra.get("guid", "per_call"),
            timeout_seconds=timeouts(extra, 120.0, _wrong),
            verify=certificate(extra, _wrong),
            row_cap=_whole(extra, "row_cap", 500),
            parallel=_whole(extra, "parallel", 3),
            allow_plain_http=switch(extra, "allow_plain_http", False, _wrong),
            name=name,
            **optional,  # type: ignore[arg-type]  # values are checked by the constructor
        )


def _whole(extra: Mapping[str, Any], name: str, default: int) -> int:
    try:
        return int(extra.get(name, default))
    except (TypeError, ValueError, OverflowError):
        raise _wrong(name, "a whole number is needed", "such as 3") from None


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise _wrong(name, "this value does not exist", ", ".join(allowed))


def _wrong(name: str, message: str, limit: str) -> FixConfiguration:
    return FixConfiguration(
        message,
        object="the Spectrum web services' connection",
        field=name,
        limit=limit,
        remedy=f"correct {name} in the Airflow connection",
        system="web services",
    )
