"""The sandbox's faults as the web services meet them: one lock around a reader that is not safe for threads."""

import itertools
import threading
from dataclasses import dataclass

from sandbox.faults import Faults
from sandbox.sdx.reads import Limits
from sandbox.sdx.vendor_list import Paging
from sandbox.sdx.writes.work import Options


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


@dataclass(frozen=True)
class WriteDamage:
    """What is to be done to one write: seconds before and after its work, and what ends it.

    `before` ends it undone: `500` or `fault`. `after` ends it done: `500`, `fault`, `lost` (no answer) or `cut`.
    """

    late_seconds: float = 0.0
    slow_seconds: float = 0.0
    before: str = ""
    after: str = ""


class Switches:
    """Reads and sets the `sdx_` faults; every method may be called from any thread.

    Args:
        database_url: the sandbox database, which holds the switches.
    """

    def __init__(self, database_url: str) -> None:
        self._faults = Faults(database_url)
        self._lock = threading.Lock()
        self._turns = itertools.cycle(("empty", "good", "blank"))

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
        """Return the row cap, whether a cut answer says so, and how far projections differ from their rows."""
        with self._lock:
            rows = int(self._faults.get("sdx_row_cap") or 0)
            more = int(self._faults.get("sdx_projected_more") or 0)
            return Limits(rows, self._faults.get("sdx_warning_row") == "on", more)

    def forbidden(self) -> str:
        """Return how characters are written that XML cannot carry."""
        with self._lock:
            return str(self._faults.get("sdx_forbidden"))

    def paging(self) -> Paging:
        """Return whether Get Vendors knows pages, and what it does with parameters that it does not know."""
        with self._lock:
            rows = int(self._faults.get("sdx_page") or 0)
            return Paging(rows, self._faults.get("sdx_ignores_parameters") is not None)

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

    def write_damage(self, service: str) -> WriteDamage:
        """Use up what is due for one write. It meets one fault that ends it, and waits besides if asked to.

        Args:
            service: what was called; faults narrowed to other services wait.
        """
        with self._lock:
            late = _seconds(self._faults.take("write_late", service))
            slow = _seconds(self._faults.take("write_slow", service))
            # Both are asked first, since both count calls.
            counted = [self._faults.take(f"write_fault_{when}", service) for when in ("before", "after")]
            if self._faults.take("write_500_before", service):
                return WriteDamage(late, slow, before="500")
            if counted[0]:
                return WriteDamage(late, slow, before="fault")
            if counted[1]:
                return WriteDamage(late, slow, after="fault")
            for name, after in (("write_500_after", "500"), ("write_lost_answer", "lost"), ("write_cut", "cut")):
                if self._faults.take(name, service):
                    return WriteDamage(late, slow, after=after)
            return WriteDamage(late, slow)

    def write_options(self) -> Options:
        """Return how the installation reads what the pages of the writing services leave open."""
        with self._lock:
            return Options(
                new_cost_type_renames=self._faults.get("write_cost_type_renames") == "on",
                blank_status_activates=self._faults.get("write_blank_activates") == "on",
                same_line_updates=self._faults.get("write_same_line") == "update",
                worked_out_projections=self._faults.get("write_worked_out_projection") or "refuse",
            )

    def success(self) -> str:
        """Return what an accepted write answers: `empty`, `good` or `blank`, each in turn when none is set."""
        with self._lock:
            set_to = self._faults.get("write_success")
            return next(self._turns) if set_to in {None, "rotate"} else str(set_to)

    def close(self) -> None:
        """Close the reader's connection."""
        with self._lock:
            self._faults.close()


def _seconds(value: str | None) -> float:
    return 0.0 if value is None else float(value.rpartition("/")[2])
