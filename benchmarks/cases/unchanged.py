"""A sync of every object in a real Airflow, all DAGs at once, with nothing changed in the source."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from benchmarks.bench import Bench
from benchmarks.measure import WorkFailed
from benchmarks.report import Table
from stack.stage_runs import STAGE_DAGS, FollowedRun

if TYPE_CHECKING:
    from tests.airflow_stack import AirflowStack

_LIMIT_SECONDS = 6
_COMPANY = "1"
#: The demo's company.
_JOBS, _TRANSACTIONS = 50, 20_000


def run(bench: Bench) -> None:
    """Measure and report.

    Raises:
        WorkFailed: a sync changed something.
    """
    # The tests' own stack: it needs their dependencies, which few cases do.
    from tests.airflow_stack import DATABASES, open_airflow_stack

    folder = bench.lab.folder / "unchanged"
    folder.mkdir()
    stack = open_airflow_stack(bench.lab.postgres, folder, jobs=_JOBS, transactions=_TRANSACTIONS)
    try:
        bench.say("starting Airflow beside Spectrum, and staging everything")
        stack.start()
        _sync(stack, STAGE_DAGS)
        first = stack.ask("select max(landing_id) from sync.landings")[0][0]
        taken = _syncs(bench, stack, STAGE_DAGS)
        _nothing_written(stack, first)
    finally:
        stack.stop()
        bench.lab.drop(*DATABASES)
    seconds = statistics.median(taken)
    bench.report.judge(
        f"A sync of all {len(STAGE_DAGS)} objects with nothing changed, all DAGs at once: under {_LIMIT_SECONDS} s",
        f"{seconds:.1f} s, from the first trigger to the last task's end",
        seconds < _LIMIT_SECONDS,
    )
    rows = [[f"{len(STAGE_DAGS)} objects", *(f"{second:.1f}" for second in taken)]]
    header = ("nothing changed", *(f"run {number}" for number in range(1, bench.sizes.repeats + 1)))
    note = f"Seconds, in a real Airflow beside its own PostgreSQL and the stand-in; {_TRANSACTIONS:,} transactions."
    bench.report.tables.append(Table("All DAGs at once", header, rows, note))


def _syncs(bench: Bench, stack: AirflowStack, names: Sequence[str]) -> list[float]:
    found = []
    for number in range(bench.sizes.repeats):
        found.append(_sync(stack, names))
        bench.say(f"{len(names)} objects, nothing changed, run {number + 1}: {found[-1]:.1f} s")
    return found


def _sync(stack: AirflowStack, names: Sequence[str]) -> float:
    """Trigger all at once and wait; seconds from the first run's beginning in the queue to the last one's end."""
    api = stack.api()
    for name in names:
        api.set_paused(name, False)
    runs = [FollowedRun(name, api.trigger(name, {"companies": [_COMPANY]})) for name in names]
    stack.wait(runs)
    ended = [api.run(run.dag_id, run.run_id) for run in runs]
    first, last = min(run["queued_at"] for run in ended), max(run["end_date"] for run in ended)
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()


def _nothing_written(stack: AirflowStack, first: int) -> None:
    changed = stack.ask(
        "select object_name, sum(new_rows + changed_rows + deleted_rows)::int from sync.runs"
        " where landing_id > %s group by 1 having sum(new_rows + changed_rows + deleted_rows) > 0",
        first,
    )
    if changed:
        raise WorkFailed(f"nothing had changed in the source, but syncs wrote {changed}")
