"""The log of the calls a stand-in got, readable at `/_sandbox/calls`: what tests ask instead of mocking a server."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sandbox.data.written import PERSONAL

Entry = dict[str, Any]

# Never written down, whatever service they come with.
_SECRETS = PERSONAL | {"Authorization_ID", "client_secret"}


class CallLog:
    """Notes each call and how many ran at the same time; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[dict[str, Any]] = []
        self._running = 0
        self._most = 0

    @contextmanager
    def running(self, service: str) -> Iterator[Entry]:
        """Count a call while it runs; put `parameters` and `status` into the given entry."""
        entry: Entry = {
            "service": service,
            "parameters": {},
            "status": None,
            "at": datetime.now(UTC).isoformat(),
        }
        began = time.monotonic()
        with self._lock:
            self._calls.append(entry)
            self._running += 1
            self._most = max(self._most, self._running)
        try:
            yield entry
        finally:
            with self._lock:
                self._running -= 1
                entry["seconds"] = round(time.monotonic() - began, 4)

    def report(self) -> dict[str, Any]:
        """Return every call since the last reset, oldest first, and the most that ran at once."""
        with self._lock:
            return {"max_parallel": self._most, "running": self._running, "calls": [dict(call) for call in self._calls]}

    def reset(self) -> None:
        """Forget the calls and the maximum."""
        with self._lock:
            self._calls.clear()
            self._most = self._running


def without_secrets(parameters: dict[str, str]) -> dict[str, str]:
    """Return the parameters that may be written down."""
    return {name: value for name, value in parameters.items() if name not in _SECRETS}
