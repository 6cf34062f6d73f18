"""Where the PostgreSQL clusters of tests have their files: in memory where there is room, which halves their work."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]

_MEMORY, _DISK = Path("/dev/shm"), Path("/var/tmp")
_NAME, _LOCK = "spectrum-etl-", "in-use"
#: What several processes with a cluster each may fill, and what Airflow and browsers beside them need.
_ROOM, _FREE_MEMORY = 4 << 30, 8 << 30


@contextmanager
def cluster_folder(purpose: str = "test") -> Iterator[Path]:
    """A folder for clusters that the server's account may reach, removed at the end: stop the servers before.

    Args:
        purpose: part of its name.
    """
    # Not /tmp, which the server's account may be unable to reach, and which is in memory on some systems without room.
    place = _MEMORY if _has_room() else _DISK
    folder = Path(tempfile.mkdtemp(prefix=f"{_NAME}{purpose}-", dir=place))
    folder.chmod(0o711)
    with open(folder / "new", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        Path(lock.name).rename(folder / _LOCK)  # under this name it is never without its lock while we live
        remove_leftovers(place)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def remove_leftovers(place: Path) -> None:
    """Remove the folders of processes that were killed: a server that still runs on one ends when its files are gone.

    Args:
        place: the folder of the clusters' folders.
    """
    for lock in place.glob(f"{_NAME}*/{_LOCK}"):
        with (
            contextlib.suppress(OSError),
            open(lock, "a", encoding="ascii") as file,
        ):  # held, removed, or another user's
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent)


def _has_room() -> bool:
    """Whether files in memory have room, and programs that are copied beside them may run from there."""
    if not os.access(_MEMORY, os.W_OK) or psutil.virtual_memory().available < _FREE_MEMORY:
        return False
    found = os.statvfs(_MEMORY)
    return found.f_bavail * found.f_frsize >= _ROOM and not found.f_flag & os.ST_NOEXEC
