"""Runs one piece of work in a process of its own and tells what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_LONGEST_SECONDS = 3600
MIB = 1024 * 1024


class WorkFailed(RuntimeError):
    """A measured process failed; the message has the end of its error output."""


@dataclass(frozen=True)
class Measurement:
    """What a piece of work took.

    Args:
        seconds: its own wall time, without starting Python and importing Airflow.
        cpu_seconds: of the process and those it started.
        peak_bytes: largest resident memory of the process.
        result: what the work told.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def peak_mib(self) -> float:
        """Largest resident memory in MiB."""
        return self.peak_bytes / MIB


def run_work(work: str, environment: Mapping[str, str], **arguments: Any) -> Measurement:
    """Run a piece of work of `benchmarks.work` in a fresh process, as Airflow runs a task.

    Args:
        work: its name.
        environment: variables of the process.
        arguments: what it needs, as JSON can hold it; passed by a pipe, since they hold passwords.

    Raises:
        WorkFailed: the process failed.
    """
    return run_program([sys.executable, "-m", "benchmarks.work"], environment, {"work": work, **arguments})


def run_program(command: Sequence[str], environment: Mapping[str, str], arguments: Mapping[str, Any]) -> Measurement:
    """Run a program that reads its arguments as JSON and ends with a line of JSON that tells what it took.

    Args:
        command: program and arguments.
        environment: variables of the process, in place of ours.
        arguments: what it reads.

    Raises:
        WorkFailed: it failed or told nothing.
    """
    done = subprocess.run(
        list(command),
        input=json.dumps(dict(arguments)),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=dict(environment),
        timeout=_LONGEST_SECONDS,
    )
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        end = "\n".join((done.stderr or done.stdout).strip().splitlines()[-15:])
        raise WorkFailed(f"{' '.join(command)} ended with code {done.returncode}:\n{end}")
    return Measurement(**json.loads(lines[-1]))


def repeated(times: int, work: str, environment: Mapping[str, str], **arguments: Any) -> Measurement:
    """Run a piece of work several times and return the run of median time (the faster of two in the middle)."""
    runs = sorted((run_work(work, environment, **arguments) for _ in range(times)), key=lambda run: run.seconds)
    return runs[(len(runs) - 1) // 2]


def middle(values: Sequence[float]) -> float:
    """The median."""
    return float(median(values))


def clean_environment(home: Path) -> dict[str, str]:
    """The variables of a measured process: ours without Airflow's and Python's, and an Airflow home of its own.

    Args:
        home: AIRFLOW_HOME; empty.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "PYTHON", "PG")) and name != "VIRTUAL_ENV"
    }
    return {
        **kept,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        # Airflow answers this Variable through its supervisor; without one it would look for a metadata database.
        "AIRFLOW_VAR_SPECTRUM_SCHEDULES": "{}",
        "GX_ANALYTICS_ENABLED": "false",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}",
    }


class Stopwatch:
    """Measures the time of a `with` block."""

    def __enter__(self) -> Stopwatch:
        self._began = time.perf_counter()
        self.seconds = 0.0
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._began
