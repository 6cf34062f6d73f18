"""Where the PostgreSQL clusters of tests have their files: in memory where there is room, which halves their work."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]

_MEMORY, _DISK = Path("/dev/shm"), Path("/var/tmp")
#: What several processes with a cluster each may fill, and what Airflow and browsers beside them need.
_ROOM, _FREE_MEMORY = 4 << 30, 8 << 30


@contextmanager
def cluster_folder(purpose: str = "test") -> Iterator[Path]:
    """A folder for clusters that the server's account may reach, removed at the end: stop the servers before.

    Args:
        purpose: part of its name.
    """
    # Not /tmp, which the server's account may be unable to reach, and which is in memory on some systems without room.
    folder = Path(tempfile.mkdtemp(prefix=f"spectrum-etl-{purpose}-", dir=_MEMORY if _has_room() else _DISK))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _has_room() -> bool:
    """Whether files in memory have room, and programs that are copied beside them may run from there."""
    if not os.access(_MEMORY, os.W_OK) or psutil.virtual_memory().available < _FREE_MEMORY:
        return False
    found = os.statvfs(_MEMORY)
    return found.f_bavail * found.f_frsize >= _ROOM and not found.f_flag & os.ST_NOEXEC
