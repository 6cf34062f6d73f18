"""The bearer token of a client of Spectrum or Procore: requested once, renewed before and after it expires."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: A token is renewed this long before it expires, in seconds, so that none expires on its way.
RENEW_BEFORE = 60.0
_UNSTATED_LIFE = 300.0


@dataclass(frozen=True)
class Token:
    """What a server granted.

    Args:
        text: as it is sent.
        seconds: how long it is valid.
    """

    text: str
    seconds: float


def token_in(answer: Any) -> Token | None:
    """The token in the JSON answer of a token server; None where it holds none."""
    text = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(text, str) or not text or not text.isascii() or not text.isprintable():
        return None
    try:
        return Token(text, float(answer.get("expires_in", _UNSTATED_LIFE)))
    except (TypeError, ValueError):
        return Token(text, _UNSTATED_LIFE)


class Tokens:
    """The token of one client, kept until shortly before it expires. May be used by several threads."""

    def __init__(self, request: Callable[[], Token], clock: Callable[[], float]) -> None:
        """Args:
        request: requests a new token.
        clock: seconds.
        """
        self._request = request
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._expires = 0.0

    def get(self) -> str:
        """A token that is valid now.

        Raises:
            SpectrumEtlError: as the request for a new one.
        """
        with self._lock:
            if not self._token or self._clock() >= self._expires:
                token = self._request()
                self._token = token.text
                self._expires = self._clock() + max(token.seconds - RENEW_BEFORE, token.seconds / 2)
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
