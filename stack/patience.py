"""How long to wait for processes that are starting: while they are at work. Used by all that `stack` starts.

A number of seconds would be wrong on every other machine: beside two busy programs everything takes three times as
long. What says that something is stuck is that it does nothing, or that it has worked for longer than it ever needs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

#: Seconds in all in which the processes may do nothing.
STILL_SECONDS = 180
#: Seconds of processor time that they may take.
BUSY_SECONDS = 240
#: At work: so much of one processor. What is started and waits for something takes less.
_SHARE = 0.1
_LOOK_SECONDS = 1  # processor time is counted in hundredths of a second


@dataclass
class _Seen:
    at: float
    work: float
    still: float = 0
    busy: float = 0


class Patience:
    """Tells when to give up on processes.

    Args:
        work: processor time in seconds that a process by this name has taken so far, with its children.
    """

    def __init__(self, work: Callable[[str], float]) -> None:
        self._work = work
        self._seen: dict[str, _Seen] = {}

    def over(self, name: str) -> str:
        """Return why waiting for a process is in vain, or nothing. To be called again and again.

        Args:
            name: what is waited for; each has a time of its own.
        """
        now, work = monotonic(), self._work(name)
        seen = self._seen.setdefault(name, _Seen(now, work))
        passed = now - seen.at
        if passed >= _LOOK_SECONDS:
            worked = max(work - seen.work, 0)  # less than before: it ended, or one was started in its place
            seen.still += passed if worked < _SHARE * passed else 0
            seen.busy += worked
            seen.at, seen.work = now, work
        if seen.still > STILL_SECONDS:
            return f"{name} has done nothing for {seen.still:.0f} s"
        if seen.busy > BUSY_SECONDS:
            return f"{name} has worked for {seen.busy:.0f} s of processor time"
        return ""
