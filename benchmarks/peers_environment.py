"""Installs dlt into an environment of its own and runs it there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.lab import Lab
from benchmarks.measure import ROOT, Measurement, WorkFailed, run_program

PINS = Path(__file__).with_name("peers.txt")
FOLDER = ROOT / ".cache" / "bench-venv"


@dataclass(frozen=True)
class Setting:
    """A way to use dlt.

    Args:
        name: for people.
        backend: how it reads: sqlalchemy (its default), pyarrow or connectorx.
        file_format: how it hands rows to PostgreSQL: None (its default, INSERTs), csv (COPY) or parquet (ADBC).
    """

    name: str
    backend: str
    file_format: str | None


DEFAULT = Setting("dlt, default", "sqlalchemy", None)
FASTER = (
    Setting("dlt, pyarrow + csv", "pyarrow", "csv"),
    Setting("dlt, pyarrow + parquet", "pyarrow", "parquet"),
)
CONNECTORX = Setting("dlt, connectorx + csv", "connectorx", "csv")


def install(say: Callable[[str], None]) -> None:
    """Install what `peers.txt` pins, unless it is there.

    Args:
        say: told what happens.

    Raises:
        WorkFailed: a package cannot be installed.
    """
    stamp = FOLDER / "installed.txt"
    if stamp.exists() and stamp.read_bytes() == PINS.read_bytes():
        return
    say(f"installing dlt into {FOLDER.relative_to(ROOT)}")
    shutil.rmtree(FOLDER, ignore_errors=True)
    uv = Path(sys.executable).with_name("uv")
    _run([uv, "venv", "--quiet", "--python", sys.executable, FOLDER])
    python = FOLDER / "bin" / "python"
    _run([uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "-r", PINS])
    shutil.copyfile(PINS, stamp)


def run_dlt(
    lab: Lab,
    infolink: dict[str, Any],
    destination: str,
    setting: Setting,
    *,
    dataset: str,
    disposition: str = "replace",
    incremental: str | None = None,
    merge_key: str | None = None,
) -> Measurement:
    """Copy the transactions with dlt.

    Args:
        lab: where; the pipeline's files are kept in its folder, one folder a dataset and database.
        infolink: arguments of `InfoLinkConnection`.
        destination: URL of a database.
        setting: how.
        dataset: schema to write to.
        disposition: replace, append or merge.
        incremental: column of the cursor.
        merge_key: column whose values are replaced whole.

    Raises:
        WorkFailed: dlt failed.
    """
    where = f"{infolink['user']}:{infolink['password']}@{infolink['host']}:{infolink['port']}"
    environment = {
        **{name: value for name, value in lab.environment.items() if name not in ("PYTHONPATH", "AIRFLOW_HOME")},
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "DLT_DATA_DIR": str(lab.folder / "dlt"),
    }
    lab.settle()
    return run_program(
        [str(FOLDER / "bin" / "python"), str(ROOT / "benchmarks" / "peers" / "dlt_load.py")],
        environment,
        {
            "source": f"mssql+pymssql://{where}/{infolink['database']}",
            "destination": destination,
            "dataset": dataset,
            "folder": str(lab.folder / "dlt" / destination.rpartition("/")[2]),
            "backend": setting.backend,
            "file_format": setting.file_format,
            "disposition": disposition,
            "incremental": incremental,
            "merge_key": merge_key,
        },
    )


def _run(command: list[Any]) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise WorkFailed(f"{' '.join(map(str, command[:4]))} failed:\n{done.stderr.strip()}")
