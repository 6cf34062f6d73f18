"""Tells whether a running process has the code that is there now. Used by `stack.airflow` and `stack.sandbox`."""

import hashlib
import json
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path


def fingerprint(environment: Mapping[str, str], *folders: Path) -> str:
    """Return what a process was started with: its environment, the code in these folders, and the installed packages.

    Args:
        environment: of the process.
        folders: with everything that it reads once; those that are not there count as empty.
    """
    digest = hashlib.sha256(json.dumps(sorted(environment.items())).encode())
    for path in sorted(_files(folders)):
        digest.update(f"{path}{path.stat().st_mtime_ns}".encode())
    # A package's folder names its version.
    digest.update(json.dumps(sorted(path.name for path in _packages().glob("*.dist-info"))).encode())
    return digest.hexdigest()


def _files(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        yield from (p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def _packages() -> Path:
    return Path(sysconfig.get_paths()["purelib"])
