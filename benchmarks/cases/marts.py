"""The marts after few changes, beside computing them whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.bench import Bench, jobs_for
from benchmarks.measure import Measurement, run_work
from benchmarks.report import Table
from benchmarks.sync import COMPANY, LOOKED_UP, prepare, run_sync
from sandbox.data.touch import Spread, touch

SHARE = 0.001
_OTHERS = ("jobs", "budgets", "prime_contracts", "subcontracts")
_SPREADS: tuple[tuple[Spread, str], ...] = (("recent", "within the last two months"), ("uniform", "all over history"))


@dataclass(frozen=True)
class _Step:
    name: str
    marts: Measurement

    @property
    def rows(self) -> int:
        """Rows written."""
        return sum(mart["rows"] for mart in self.marts.result["marts"].values())


def run(bench: Bench) -> None:
    """Measure and report."""
    lab, rows = bench.lab, bench.sizes.large
    bench.say(f"loading a source of {rows:,} transactions")
    source = lab.source("source", jobs=jobs_for(rows), transactions=rows)
    warehouse = lab.fresh("warehouse")
    steps: list[_Step] = []
    with lab.infolink(source) as infolink:
        bench.say("staging it")
        prepare(lab, warehouse, infolink, *LOOKED_UP, *_OTHERS, "job_costs")
        steps.append(_publish(bench, "first time, into empty tables"))
        whole = _publish(bench, "computed whole, nothing changed", whole=True)
        steps.append(whole)
        steps.append(_publish(bench, "nothing changed"))
        for spread, words in _SPREADS:
            changes = touch(source, SHARE, spread, seed=1).total
            changed = _changed(bench, infolink, f"{changes:,} rows changed {words}")
            again = _publish(bench, "computed whole after that", whole=True)
            steps += [changed, again]
            _judge(bench, changed, again, words)
    lab.drop("source", "warehouse")
    table = [
        [step.name, f"{step.marts.seconds:.2f}", f"{step.marts.seconds / whole.marts.seconds:.2f}", f"{step.rows:,}"]
        for step in steps
    ]
    header = ("marts", "seconds", "× computed whole", "rows written")
    note = "Time of the task alone; the syncs before it are measured elsewhere. Only rows that differ are written."
    bench.report.tables.append(Table(f"Marts of {rows:,} transactions", header, table, note))


def _changed(bench: Bench, infolink: dict[str, Any], name: str) -> _Step:
    run_sync(bench.lab, bench.lab.postgres.url("warehouse"), infolink, "job_costs", name)
    return _publish(bench, name)


def _publish(bench: Bench, name: str, *, whole: bool = False) -> _Step:
    lab = bench.lab
    lab.settle()
    warehouse = lab.postgres.url("warehouse")
    done = run_work("marts", lab.environment, warehouse=warehouse, company=COMPANY, whole=whole)
    step = _Step(name, done)
    bench.say(f"marts, {name}: {done.seconds:.2f} s, {step.rows:,} rows written")
    return step


def _judge(bench: Bench, changed: _Step, whole: _Step, words: str) -> None:
    report, size = bench.report, f"{bench.sizes.large:,} transactions"
    report.judge(
        f"Marts of {size}, {SHARE:.1%} changed {words}, beside computing them whole",
        f"{changed.marts.seconds:.1f} s, {whole.marts.seconds:.1f} s",
        None,
        f"{changed.rows:,} rows written.",
    )
    report.judge("… as computed whole", f"{whole.rows} rows differed when computed whole afterwards", whole.rows == 0)
