"""What every case gets: sizes, the lab, the report, and where progress is told."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from benchmarks.lab import Lab
from benchmarks.measure import MIB, Measurement, run_work
from benchmarks.report import Report
from benchmarks.sync import Sync

#: Rows a job in the measured sources: 300 jobs with a million transactions.
ROWS_A_JOB = 3_333


@dataclass(frozen=True)
class Sizes:
    """How much is measured.

    Args:
        rows: transactions of the full load.
        large: transactions of the incremental loads, and of the second look at memory.
        site: transactions of a site of ordinary size.
        codes: project cost codes, at least about.
        sdx_jobs: jobs whose phases are read by the web service.
        repeats: how often short measurements are repeated; the median counts.
        sequences: random fault sequences of each exported object.
        approvals: vendors that are ready to be exported, beside those of any stand-in Procore.
        unready: vendors that are not.
    """

    rows: int = 1_000_000
    large: int = 5_000_000
    site: int = 150_000
    codes: int = 100_000
    sdx_jobs: int = 500
    repeats: int = 3
    sequences: int = 500
    approvals: int = 200
    unready: int = 10_000


@dataclass
class Bench:
    """One run of the benchmarks."""

    lab: Lab
    sizes: Sizes
    report: Report
    #: Syncs by number of rows, for the comparison of their memory.
    syncs: dict[int, Sync] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)
    _idle: Measurement | None = None

    def say(self, text: str) -> None:
        """Print one line about what is happening now."""
        print(f"{time.monotonic() - self._began:7.1f} s  {text}", flush=True)

    def idle_bytes(self) -> int:
        """Memory of an Airflow task process that does nothing."""
        if self._idle is None:
            self._idle = run_work("idle", self.lab.environment)
        return self._idle.peak_bytes

    def above_idle(self, measurement: Measurement) -> float:
        """MiB that a task took above an empty one."""
        return (measurement.peak_bytes - self.idle_bytes()) / MIB


def jobs_for(rows: int) -> int:
    """How many jobs a source with that many transactions gets: 300 for a million, at least 12, at most 1,500."""
    return max(12, min(1_500, round(rows / ROWS_A_JOB)))
