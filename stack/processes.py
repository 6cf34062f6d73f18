"""Background processes: started in sessions of their own, found again by a mark, stopped until nothing is left.

No process ids are kept in files: after a killed session those would name other programs. Every process carries its
installation and name in its environment instead, and so do its children.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from stack.errors import StackError

_MARK = "SPECTRUM_ETL_STACK"
_KEPT = ("HOME", "LANG", "TMPDIR", "TZ")


def clean_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return an environment that owes nothing to the caller's shell but its home, language and temporary folder.

    Args:
        extra: variables to add.
    """
    programs = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # setproctitle would overwrite the environment that marks a process; loopback never goes through a proxy.
    return {"PATH": programs, "LC_ALL": "C.UTF-8", "SPT_NOENV": "1", "NO_PROXY": "*", **kept, **extra}


def spawn(mark: str, command: Sequence[str | Path], *, log: Path, env: Mapping[str, str], cwd: Path) -> psutil.Process:
    """Start a process that outlives this one.

    Args:
        mark: says whose and what it is; `find` and `stop` take it or the beginning of it.
        command: program and arguments.
        log: file that its output is appended to.
        env: its whole environment.
        cwd: its working folder.
    """
    # A process started while SIGINT is ignored (make in the background) would ignore our request to stop as well.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with open(log, "ab") as output:
            process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**env, _MARK: mark},
                cwd=cwd,
                start_new_session=True,
            )
    finally:
        signal.signal(signal.SIGINT, before)
    return psutil.Process(process.pid)


def find(mark: str) -> list[psutil.Process]:
    """Return the living processes whose mark begins so, and all processes of their sessions."""
    marked = [process for process in _living() if _mark_of(process).startswith(mark)]
    sessions = {session for process in marked if (session := _session(process)) is not None}
    known = {process.pid for process in marked}
    others = [process for process in _living() if process.pid not in known and _session(process) in sessions]
    return marked + others


def listening(mark: str) -> set[int]:
    """Return the ports that the processes with a mark listen on: who else answers on a port is another program.

    Args:
        mark: the mark, or the beginning of it.
    """
    ports: set[int] = set()
    for process in find(mark):
        with contextlib.suppress(psutil.Error):
            inet = process.net_connections("inet")
            ports |= {connection.laddr.port for connection in inet if connection.status == psutil.CONN_LISTEN}
    return ports


def work(mark: str) -> float:
    """Return the processor time in seconds that the processes with a mark have taken, with those that have ended.

    Args:
        mark: the mark, or the beginning of it.
    """
    seconds = 0.0
    for process in find(mark):
        with contextlib.suppress(psutil.Error):
            seconds += sum(process.cpu_times()[:4])  # user and system, its own and its ended children's
    return seconds


def stop(mark: str, *, patience: float = 20) -> None:
    """Stop all processes with a mark: SIGINT to their groups, then SIGTERM, then SIGKILL, until nothing is left.

    Args:
        mark: the mark, or the beginning of it.
        patience: seconds to wait after each of the first two signals.

    Raises:
        StackError: a process survives SIGKILL by ten seconds.
    """
    for number, wait in ((signal.SIGINT, patience), (signal.SIGTERM, patience), (signal.SIGKILL, 10.0)):
        for group in {group for process in find(mark) if (group := _group(process)) is not None}:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, number)
        deadline = time.monotonic() + wait
        while left := find(mark):
            if time.monotonic() > deadline:
                break
            psutil.wait_procs(left, timeout=0.2)
        if not left:
            return
    raise StackError(f"processes {[process.pid for process in left]} of {mark} survive SIGKILL")


def _living() -> Iterator[psutil.Process]:
    own = os.getpid()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != own and process.status() != psutil.STATUS_ZOMBIE:
                yield process


def _mark_of(process: psutil.Process) -> str:
    try:
        return str(process.environ().get(_MARK, ""))
    except (psutil.Error, OSError):  # gone meanwhile, or another account's
        return ""


def _session(process: psutil.Process) -> int | None:
    try:
        return os.getsid(process.pid)
    except (ProcessLookupError, PermissionError):
        return None


def _group(process: psutil.Process) -> int | None:
    try:
        return os.getpgid(process.pid)
    except ProcessLookupError:
        return None
