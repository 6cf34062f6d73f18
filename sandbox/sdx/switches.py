"""The sandbox's faults as the web services meet them: one lock around a reader that is not safe for threads."""

import threading
from dataclasses import dataclass

from sandbox.faults import Faults
from sandbox.sdx.reads import Limits


@dataclass(frozen=True)
class Damage:
    """What is to be done to one answer."""

    slow_seconds: float = 0.0
    http_500: bool = False
    server_fault: bool = False
    expired_token: bool = False
    cut_record: bool = False
    cut_tail: bool = False
    drop: bool = False


class Switches:
    """Reads and sets the `sdx_` faults; every method may be called from any thread.

    Args:
        database_url: the sandbox database, which holds the switches.
    """

    def __init__(self, database_url: str) -> None:
        self._faults = Faults(database_url)
        self._lock = threading.Lock()

    def set(self, name: str, value: str | None = None, count: int | None = None) -> None:
        """Switch a fault on, as `sandbox.faults.Faults.set` does, seen by the next call."""
        with self._lock:
            self._faults.set(name, value, count)

    def clear(self, name: str | None = None) -> None:
        """Switch one fault off, or all."""
        with self._lock:
            self._faults.clear(name)

    def blocked(self) -> bool:
        """Say whether the caller's address is refused."""
        with self._lock:
            return self._faults.take("sdx_blocked_ip") is not None

    def limits(self) -> Limits:
        """Return the row cap, and whether a cut answer says so."""
        with self._lock:
            rows = int(self._faults.get("sdx_row_cap") or 0)
            return Limits(rows, self._faults.get("sdx_warning_row") == "on")

    def services_off(self) -> frozenset[str]:
        """Return the service that is off every ID's list, if one is."""
        with self._lock:
            name = self._faults.get("sdx_service_off")
        return frozenset() if name is None else frozenset({name})

    def damage(self, enhanced: bool) -> Damage:
        """Use up what is due for one call. A call meets one of the faults that end it, and waits besides if asked to.

        Args:
            enhanced: whether tokens are in use; without them `sdx_expired_token` waits.
        """
        with self._lock:
            slow = int(self._faults.take("sdx_slow_ms") or 0) / 1000
            if enhanced and self._faults.take("sdx_expired_token"):
                return Damage(slow, expired_token=True)
            if self._faults.take("sdx_http_500"):
                return Damage(slow, http_500=True)
            if self._faults.take("sdx_server_fault"):
                return Damage(slow, server_fault=True)
            if self._faults.take("sdx_drop_connection"):
                return Damage(slow, drop=True)
            if self._faults.take("sdx_cut_record"):
                return Damage(slow, cut_record=True)
            return Damage(slow, cut_tail=self._faults.take("sdx_cut_tail") is not None)

    def close(self) -> None:
        """Close the reader's connection."""
        with self._lock:
            self._faults.close()
