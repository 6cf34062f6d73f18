"""How long Procore wants its callers to wait: reads the rate limit's headers.

Source: developers.procore.com/documentation/rate-limiting: an hourly and a 10-second window, of which the headers show
the nearer one. The numbers differ between customers, so none is assumed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: The two windows, in seconds, and by how much the moment of a reset may be rounded up.
_HOUR, _SPIKE, _ROUNDED = 3600, 10, 2


class RateLimit:
    """What the last answers said about the rate limit.

    Args:
        clock: seconds since 1970 (UTC).
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._not_before = 0.0
        self._reported: dict[int, int] = {}
        self._farthest: dict[int, float] = {}

    @property
    def reported(self) -> dict[int, int]:
        """The limits that were last reported: calls by the seconds of their window."""
        return dict(self._reported)

    def note(self, headers: Mapping[str, str]) -> None:
        """Remember when the next call may be made: after the reset where nothing remains, else at once."""
        nothing_left = _number(headers.get("X-Rate-Limit-Remaining")) == 0
        self._not_before = self._clock() + self._until_reset(headers) if nothing_left else 0.0
        self._note_limit(headers)

    def _note_limit(self, headers: Mapping[str, str]) -> None:
        """Headers do not say which window they show. One that ends in more than ten seconds is the hour's.

        Near its end the hour looks like ten seconds; a number that was the hour's once is so again.
        """
        limit = _number(headers.get("X-Rate-Limit-Limit"))
        if not limit or not headers.get("X-Rate-Limit-Reset"):
            return
        calls, left = int(limit), self._until_reset(headers)
        self._farthest[calls] = max(left, self._farthest.get(calls, 0.0))
        self._reported[_HOUR if self._farthest[calls] > _SPIKE + _ROUNDED else _SPIKE] = calls
        if self._farthest[calls] > _SPIKE + _ROUNDED and self._reported.get(_SPIKE) == calls:
            del self._reported[_SPIKE]

    def pause(self) -> float:
        """Seconds to wait before the next call."""
        return max(self._not_before - self._clock(), 0.0)

    def stated_wait(self, headers: Mapping[str, str], status: int) -> float | None:
        """Seconds that the headers of a refusal ask to wait; None where they ask nothing.

        Args:
            headers: of the refusal.
            status: 429 honours both `Retry-After` and `X-Rate-Limit-Reset`; 503 only `Retry-After`.
        """
        waits = []
        if (after := self._retry_after(headers)) is not None:
            waits.append(after)
        if status == 429 and headers.get("X-Rate-Limit-Reset"):
            waits.append(self._until_reset(headers))
        return max(waits) if waits else None

    def _until_reset(self, headers: Mapping[str, str]) -> float:
        reset = _number(headers.get("X-Rate-Limit-Reset"))
        return 0.0 if reset is None else max(reset - self._server_time(headers), 0.0)

    def _retry_after(self, headers: Mapping[str, str]) -> float | None:
        """RFC 9110, 10.2.3: seconds, or a date."""
        text = headers.get("Retry-After", "")
        seconds = _number(text)
        if seconds is None and (date := _date(text)) is not None:
            seconds = date - self._server_time(headers)
        return None if seconds is None else max(seconds, 0.0)

    def _server_time(self, headers: Mapping[str, str]) -> float:
        """By the server's own clock, since this machine's may be off."""
        date = _date(headers.get("Date", ""))
        return self._clock() if date is None else date


def _number(text: str | None) -> float | None:
    digits = (text or "").strip()
    return float(digits) if digits.isascii() and digits.isdigit() else None


def _date(text: str) -> float | None:
    try:
        date: datetime = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
