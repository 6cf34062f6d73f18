"""The settings of this installation: the file, checked against the objects that are staged."""

from __future__ import annotations

import functools
from pathlib import Path

from spectrum_etl.settings import Settings, read_settings, settings_path
from spectrum_etl.sources.infolink.names import names_read
from spectrum_etl.staging.objects import OBJECTS


def load_settings(path: Path | None = None) -> Settings:
    """Read and check the settings; a file that has not changed is not read again.

    Args:
        path: the file; by default `settings_path()`.

    Raises:
        FixConfiguration: the file is missing, is not YAML, or holds a value that is not allowed; the message names
            every wrong value and what is allowed.
    """
    path = path or settings_path()
    return _load(path, path.stat().st_mtime_ns if path.exists() else 0)


@functools.lru_cache(maxsize=4)
def _load(path: Path, _changed: int) -> Settings:
    tables = (table for obj in OBJECTS.values() for table in obj.tables)
    return read_settings(path, OBJECTS.values(), names_read(tables))
