"""Project cost codes by Info-Link, unchanged since the last sync."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.report import Table
from benchmarks.sync import prepare, run_sync

_LIMIT_SECONDS = 10.0
#: Phases and cost types of a generated job, on average.
_CODES_A_JOB = 68


def run(bench: Bench) -> None:
    """Measure and report."""
    lab = bench.lab
    bench.say(f"loading a source of {bench.sizes.codes:,} project cost codes")
    source = lab.source("source", jobs=max(12, bench.sizes.codes // _CODES_A_JOB + 1), transactions=0)
    warehouse = lab.fresh("warehouse")
    with lab.infolink(source) as infolink:
        prepare(lab, warehouse, infolink, "standard_cost_codes", "jobs")
        syncs = {}
        for name in ("first", "unchanged"):
            syncs[name] = run_sync(lab, warehouse, infolink, "project_cost_codes", name)
            bench.say(f"project cost codes, {name}: {syncs[name].seconds:.1f} s")
    lab.drop("source", "warehouse")
    unchanged = syncs["unchanged"]
    codes = unchanged.counts("project_cost_codes")["staged"]
    bench.report.judge(
        f"{codes:,} project cost codes by Info-Link, unchanged: under {_LIMIT_SECONDS:.0f} s in the tasks' own time",
        f"{unchanged.seconds:.1f} s",
        unchanged.seconds < _LIMIT_SECONDS,
        f"{unchanged.explain()}.",
    )
    rows = [
        [
            name,
            f"{sync.seconds:.1f}",
            *(f"{step.seconds:.1f}" for step in sync.steps.values()),
            f"{sync.gx_seconds:.1f}",
        ]
        for name, sync in syncs.items()
    ]
    header = ("sync", "seconds", "land", "check", "publish", "of it Great Expectations")
    bench.report.tables.append(Table(f"{codes:,} project cost codes by Info-Link", header, rows))
