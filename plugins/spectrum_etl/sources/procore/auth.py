"""The bearer token of Procore's service account: asked for once, renewed before and after it expires.

Source: developers.procore.com/documentation/oauth-client-credentials. There is no refresh token: a new one is asked
for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from spectrum_etl.sources.faults import Refused, TokenRefused, Unreadable
from spectrum_etl.sources.procore.connection import ProcoreConnection
from spectrum_etl.sources.procore.faults import Call, token_refused

#: A token is renewed this long before it expires, in seconds, so that none expires on its way.
RENEW_BEFORE = 60.0
_UNSTATED_LIFE = 300.0
#: What is asked, for messages and for sending; repeating it does no harm.
CALL = Call("POST", "/oauth/token")


class Tokens:
    """The token of one client, kept until shortly before it expires. May be used by several threads."""

    def __init__(
        self, connection: ProcoreConnection, ask: Callable[[dict[str, str]], Any], clock: Callable[[], float]
    ) -> None:
        """Args:
        connection: supplies client id and secret.
        ask: posts the form to the login server and gives its answer, a JSON value.
        clock: seconds.
        """
        self._connection = connection
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._expires = 0.0

    def get(self) -> str:
        """A token that is valid for now.

        Raises:
            TokenRefused: client id or secret were refused.
            Unreadable: the response contains no token.
            RetryLater: the login server could not be reached.
        """
        with self._lock:
            if not self._token or self._clock() >= self._expires:
                self._renew()
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

    def _renew(self) -> None:
        self._token = ""
        try:
            answer = self._ask(
                {
                    "grant_type": "client_credentials",
                    "client_id": self._connection.client_id,
                    "client_secret": self._connection.client_secret,
                }
            )
        except TokenRefused:
            raise
        except Refused as refusal:
            # OAuth 2 answers 400 or 401 to credentials that it does not know (RFC 6749, 5.2).
            raise token_refused(CALL, refusal.message) from None
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
            raise Unreadable(
                "the response contains no token",
                object=CALL.name,
                remedy="check the extra login_url of the Airflow connection: it has to lead to Procore's login host",
            )
        try:
            life = float(answer.get("expires_in", _UNSTATED_LIFE))
        except (TypeError, ValueError):
            life = _UNSTATED_LIFE
        self._token = token
        self._expires = self._clock() + max(life - RENEW_BEFORE, life / 2)
