"""Memory of the tasks, at the sizes that `full` and `incremental` have loaded. Measures nothing itself."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.measure import MIB
from benchmarks.report import Table

_LIMIT, _GX_LIMIT = 200, 260
#: Two runs of the same work differ by as much.
_NOISE = 8


def run(bench: Bench) -> None:
    """Report."""
    if not bench.syncs:
        return
    idle = bench.idle_bytes()
    peaks = {
        rows: {name: bench.above_idle(step) for name, step in sync.steps.items()}
        for rows, sync in sorted(bench.syncs.items())
    }
    with_gx = {name for sync in bench.syncs.values() for name, step in sync.steps.items() if step.result["imported_gx"]}
    found = {name: max(peak[name] for peak in peaks.values()) for name in ("land", "check", "publish")}
    limits = {name: _GX_LIMIT if name in with_gx else _LIMIT for name in found}
    words = ", ".join(f"{name} {mib:.0f} MiB" for name, mib in found.items())
    bench.report.judge(
        f"No task above {_LIMIT} MB over an empty Airflow task ({_GX_LIMIT} MB where Great Expectations is imported)",
        words,
        all(mib * MIB <= limits[name] * 1e6 for name, mib in found.items()),
        f"An empty Airflow task takes {idle / MIB:.0f} MiB.",
    )
    if len(peaks) > 1:
        small, large = min(peaks), max(peaks)
        growth = {name: peaks[large][name] - peaks[small][name] for name in found}
        bench.report.judge(
            f"No more memory at {large:,} rows than at {small:,} (within {_NOISE} MiB, the noise of two runs)",
            ", ".join(f"{name} {mib:+.0f} MiB" for name, mib in growth.items()),
            max(growth.values()) <= _NOISE,
            f"Above an empty task: {words}.",
        )
    rows = [[f"{size:,}", *(f"{mib:.0f}" for mib in peak.values())] for size, peak in peaks.items()]
    title = "Memory above an empty Airflow task, MiB"
    note = f"An empty Airflow task takes {idle / MIB:.0f} MiB: Airflow's task library and the DAG file."
    bench.report.tables.append(Table(title, ("transactions", "land", "check", "publish"), rows, note))
