"""How the time of a sync grows with the table: full load, nothing changed, few changes; and a site of ordinary size."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.bench import Bench, jobs_for
from benchmarks.report import Table
from benchmarks.sync import LOOKED_UP, Sync, prepare, run_sync
from sandbox.data.touch import touch

SHARE = 0.001
_UNCHANGED_SECONDS, _CHANGED_SECONDS = 3.0, 6.0
#: Above linear growth by so much is noise.
_NOISE = 1.15


@dataclass(frozen=True)
class _Size:
    rows: int
    full: Sync
    unchanged: Sync
    changed: Sync

    @property
    def syncs(self) -> tuple[Sync, ...]:
        """In the order of the table."""
        return self.full, self.unchanged, self.changed


def run(bench: Bench) -> None:
    """Measure and report."""
    sizes, report = bench.sizes, bench.report
    site, *larger = (_measure(bench, rows) for rows in (sizes.site, sizes.rows, sizes.large, 2 * sizes.large))
    for words, sync, limit in (
        ("unchanged", site.unchanged, _UNCHANGED_SECONDS),
        (f"{SHARE:.1%} changed", site.changed, _CHANGED_SECONDS),
    ):
        report.judge(
            f"{site.rows:,} transactions, {words}: under {limit:.0f} s of task time",
            f"{sync.seconds:.1f} s",
            sync.seconds < limit,
            f"{sync.explain()}.",
        )
    first = larger[0]
    worst = max(
        one.seconds / base.seconds / (size.rows / first.rows)
        for size in larger[1:]
        for one, base in zip(size.syncs, first.syncs, strict=True)
    )
    report.judge(
        f"{', '.join(f'{size.rows:,}' for size in larger)} transactions: at most linear growth of every sync",
        f"at most {worst:.2f} × linear",
        worst <= _NOISE,
        "The table of growth has every time.",
    )
    rows = [[f"{size.rows:,}", *(f"{sync.seconds:.1f}" for sync in size.syncs)] for size in (site, *larger)]
    header = ("transactions", "full load", "nothing changed", f"{SHARE:.1%} changed within two months")
    report.tables.append(Table("Growth", header, rows, "Seconds of the tasks; each a single run."))


def _measure(bench: Bench, rows: int) -> _Size:
    lab = bench.lab
    bench.say(f"loading a source of {rows:,} transactions")
    source, warehouse = lab.source("source", jobs=jobs_for(rows), transactions=rows), lab.fresh("warehouse")
    with lab.infolink(source) as infolink:
        prepare(lab, warehouse, infolink, *LOOKED_UP)
        full = run_sync(lab, warehouse, infolink, "job_costs", "full load")
        unchanged = run_sync(lab, warehouse, infolink, "job_costs", "nothing changed")
        touch(source, SHARE, "recent", seed=1)
        changed = run_sync(lab, warehouse, infolink, "job_costs", "few changes")
    lab.drop("source", "warehouse")
    found = _Size(rows, full, unchanged, changed)
    bench.say(f"{rows:,} transactions: {', '.join(f'{sync.seconds:.1f} s' for sync in found.syncs)}")
    return found
