"""How long the DAG files take to parse."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.measure import ROOT, WorkFailed, middle, run_work

_LIMIT_SECONDS = 1.0


def run(bench: Bench) -> None:
    """Measure and report.

    Raises:
        WorkFailed: a DAG file has an error.
    """
    bench.say("parsing the DAG files")
    runs = [run_work("parse", bench.lab.environment, folder=str(ROOT / "dags")) for _ in range(bench.sizes.repeats)]
    if errors := runs[0].result["errors"]:
        raise WorkFailed(f"DAG files with errors: {errors}")
    seconds = middle([run.result["ours"] for run in runs])
    bench.report.judge(
        f"All DAG files ({runs[0].result['dags']} DAGs) parse in under {_LIMIT_SECONDS:.0f} s once Airflow is imported",
        f"{seconds:.2f} s",
        seconds < _LIMIT_SECONDS,
    )
