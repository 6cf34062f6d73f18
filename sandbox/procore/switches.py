"""The sandbox's faults as the stand-in Procore meets them: one lock around a reader that is not safe for threads."""

import threading
from dataclasses import dataclass

from sandbox.faults import Faults
from sandbox.procore.ways import Ways, read_ways


@dataclass(frozen=True)
class Trouble:
    """What happens to one call. Seconds are None where it does not happen."""

    slow_seconds: float = 0.0
    token_expired: bool = False
    limited_seconds: float | None = None
    busy_seconds: int | None = None
    broken: bool = False
    refused: bool = False
    lost_answer: bool = False
    empty_answer: bool = False
    broken_after: bool = False
    slow_after_seconds: float = 0.0
    page_cut: bool = False


@dataclass(frozen=True)
class Paging:
    """How lists are paged.

    Args:
        cap: the most records a page, whatever is asked for; None: as documented.
        headers: whether Link, Total and Per-Page are sent.
        extra: how many more records than there are the header Total counts.
    """

    cap: int | None = None
    headers: bool = True
    extra: int = 0


class Switches:
    """Reads and sets the `procore_` faults; every method may be called from any thread.

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

    def limits(self) -> tuple[int, int]:
        """Return how many calls an hour and how many calls in ten seconds are allowed; 0 is any number."""
        with self._lock:
            hourly = int(self._faults.get("procore_hourly_limit") or 0)
            return hourly, int(self._faults.get("procore_spike_limit") or 0)

    def forbidden(self, place: str) -> bool:
        """Say whether a call is refused as one of a tool that is switched off.

        Args:
            place: path and query of the URL.
        """
        with self._lock:
            part = self._faults.get("procore_forbidden")
        return part is not None and part in place

    def budgets_moved(self, method: str, path: str) -> bool:
        """Say whether a call writes a budget modification of a company that has moved to budget changes."""
        if method == "GET" or "/budget_modifications" not in path:
            return False
        with self._lock:
            return self._faults.get("procore_budgets_moved") is not None

    def paging(self, path: str) -> Paging:
        """Return how the list of a path is paged; `procore_only` narrows what differs from the documented way."""
        with self._lock:
            get = self._faults.get
            only = get("procore_only")
            if only is not None and only not in path:
                return Paging()
            cap, extra = get("procore_page_cap"), get("procore_extra_total")
            return Paging(int(cap) if cap else None, get("procore_no_page_headers") is None, int(extra or 0))

    def trouble(self, method: str, path: str) -> Trouble:
        """Use up what is due for one call. A call meets one of the faults that end it, and waits besides if asked to.

        Args:
            method: of HTTP; an answer can only be lost after work was done, so calls that read keep theirs.
            path: of the URL; `procore_only` narrows the faults to paths that contain its value.
        """
        with self._lock:
            take = self._faults.take
            only = self._faults.get("procore_only")
            if only is not None and only not in path:
                return Trouble()
            slow = int(take("procore_slow") or 0) / 1000
            if take("procore_token_expired"):
                return Trouble(slow, token_expired=True)
            if (seconds := take("procore_rate_limit")) is not None:
                return Trouble(slow, limited_seconds=float(seconds))
            if (seconds := take("procore_503")) is not None:
                return Trouble(slow, busy_seconds=int(seconds))
            if take("procore_500"):
                return Trouble(slow, broken=True)
            if method == "GET":
                return Trouble(slow, page_cut=take("procore_page_cut") is not None)
            if path.endswith("/sync") and take("procore_random_400"):
                return Trouble(slow, refused=True)
            if take("procore_500_after"):
                return Trouble(slow, broken_after=True)
            slow_after = int(take("procore_slow_after") or 0) / 1000
            lost = take("procore_lost_answer") is not None
            empty = take("procore_empty_answer") is not None
            return Trouble(slow, lost_answer=lost, empty_answer=empty, slow_after_seconds=slow_after)

    def ways(self, path: str) -> Ways:
        """Return how this call meets what the reference leaves open; `procore_only` narrows where sync calls stop.

        Raises:
            ValueError: a switch holds what cannot be read.
        """
        with self._lock:
            only = self._faults.get("procore_only")
            stops = path.endswith("/sync") and (only is None or only in path)
            return read_ways(self._faults.get, self._faults.take("procore_sync_stops") if stops else None)

    def concurrent(self) -> str:
        """Return which writing calls into one project are refused while another one runs."""
        with self._lock:
            return self._faults.get("procore_concurrent") or "off"

    def refusals(self) -> str:
        """Return how a refused value is told."""
        with self._lock:
            return self._faults.get("procore_refusals") or "by_field"

    def window_slides(self) -> bool:
        """Say whether the ten seconds of the rate limit slide."""
        with self._lock:
            return self._faults.get("procore_limit_window") == "sliding"

    def close(self) -> None:
        """Close the reader's connection."""
        with self._lock:
            self._faults.close()
