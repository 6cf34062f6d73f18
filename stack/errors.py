"""The one error of the local stack: something on this machine is not as it has to be. Raised by all of `stack`."""

from pathlib import Path

_TAIL_LINES = 20


class StackError(RuntimeError):
    """A process of the local stack could not do its work; the message says which, why, and what to do."""


def log_tail(path: Path, lines: int = _TAIL_LINES) -> str:
    """Return the last lines of a log, for a message that has to name a reason.

    Args:
        path: the log file; it may be missing.
        lines: how many lines at most.

    Returns:
        The lines, or a sentence when there is nothing to show.
    """
    if not path.exists():
        return f"(no log was written at {path})"
    tail = path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join(tail) if tail else "(the log is empty)"
