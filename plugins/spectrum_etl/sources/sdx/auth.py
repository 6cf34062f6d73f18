"""Credentials of a call: tokens of enhanced authentication, and the headers.

Source: help.trimble.com/en/spectrum/spectrum/api-web-services/authentication/enhanced-authentication and
.../basic-authentication.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable

from spectrum_etl.errors import Reauthenticate, StopSync
from spectrum_etl.sources.http import parse_json
from spectrum_etl.sources.sdx.connection import SdxConnection

#: A token is renewed this long before it expires, in seconds, so that none expires on its way.
RENEW_BEFORE = 60.0
_UNSTATED_LIFE = 300.0

#: Status and body.
TokenAnswer = Callable[[str, dict[str, str]], tuple[int, bytes]]


class Tokens:
    """The bearer token of one client, asked for once and kept until shortly before it expires."""

    def __init__(self, connection: SdxConnection, post: TokenAnswer, clock: Callable[[], float] = time.monotonic):
        """Args:
        connection: supplies client id, secret and address.
        post: sends a form (address, fields) and gives status and body of an answer with a status below 500.
        clock: seconds that only grow.
        """
        self._connection = connection
        self._post = post
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._expires = 0.0

    def get(self) -> str:
        """A token that is valid for now.

        Raises:
            Reauthenticate: client id or secret were refused.
            StopSync: the answer holds no token.
            RetryLater: the server could not be reached.
        """
        with self._lock:
            if not self._token or self._clock() >= self._expires:
                self._ask()
            return self._token

    def drop(self, token: str) -> None:
        """Forget a token that was refused, unless another thread has renewed it already."""
        with self._lock:
            if self._token == token:
                self._token = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token in use, for the redaction of messages."""
        return (self._token,) if self._token else ()

    def _ask(self) -> None:
        url = self._connection.token_url or f"{self._connection.base_url}/connect/token"
        status, body = self._post(
            url,
            {
                "client_id": self._connection.client_id,
                "client_secret": self._connection.client_secret,
                "scope": "spectrumapi",
                "grant_type": "client_credentials",
            },
        )
        if status in {400, 401}:
            raise Reauthenticate(
                f"client id or client secret were refused (HTTP {status})",
                object="connect/token",
                remedy="check client_id and client_secret in the Airflow connection; a secret lives 7 to 120 days and "
                "has to be replaced before it expires",
            )
        try:
            answer = parse_json(body)
            token = answer["access_token"]
            life = float(answer.get("expires_in", _UNSTATED_LIFE))
        except (ValueError, KeyError, TypeError, AttributeError):
            token, life = "", 0.0
        if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
            raise StopSync(
                f"the answer holds no token (HTTP {status})",
                object="connect/token",
                remedy="check host and port of the Airflow connection, or its extra token_url",
            )
        self._token = token
        self._expires = self._clock() + max(life - RENEW_BEFORE, life / 2)


def soap_headers(token: str) -> dict[str, str]:
    """Credentials of a SOAP call besides the Authorization ID in its envelope: the token, if there is one."""
    return {"Authorization": f"Bearer {token}"} if token else {}


def rest_headers(connection: SdxConnection, company: str, token: str) -> dict[str, str]:
    """Credentials of a REST call.

    Args:
        connection: supplies the Authorization ID and the names of the headers.
        company: company code, the documented user name.
        token: bearer token of enhanced authentication, or nothing.
    """
    basic = f"Basic {basic_pair(company, connection.authorization_id)}"
    if not token:
        return {"Authorization": basic}
    return {connection.rest_bearer_header: f"Bearer {token}", connection.rest_basic_header: basic}


def basic_pair(company: str, authorization_id: str) -> str:
    """User name and password as Basic authentication writes them."""
    return base64.b64encode(f"{company}:{authorization_id}".encode()).decode("ascii")
