"""A snapshot by Info-Link, unchanged since the last sync: the project cost codes."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.measure import repeated
from benchmarks.report import Table
from benchmarks.sync import COMPANY, READERS, prepare, run_sync

_LIMIT = 2.5
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
        bench.say("draining their query")
        arguments = {"infolink": infolink, "object": "project_cost_codes", "company": COMPANY, "readers": READERS}
        drain = repeated(bench.sizes.repeats, "drain", lab.environment, **arguments, query="lines")
    lab.drop("source", "warehouse")
    drained = float(drain.result["query_seconds"])
    unchanged = syncs["unchanged"]
    codes = unchanged.counts("project_cost_codes")["staged"]
    bench.report.ratio(
        f"A snapshot unchanged ({codes:,} project cost codes): at most {_LIMIT} × its drain",
        unchanged.seconds,
        drained,
        _LIMIT,
        f"{unchanged.explain()}.",
    )
    with_gx = any(step.result["imported_gx"] for step in unchanged.steps.values())
    bench.report.judge("… no Great Expectations", "imported" if with_gx else "not imported", not with_gx)
    rows = [
        ["drain of its query", f"{drained:.1f}", "", "", "", ""],
        *(
            [
                name,
                f"{sync.seconds:.1f}",
                *(f"{step.seconds:.1f}" for step in sync.steps.values()),
                f"{sync.gx_seconds:.1f}",
            ]
            for name, sync in syncs.items()
        ),
    ]
    header = ("sync", "seconds", "land", "check", "publish", "of it Great Expectations")
    bench.report.tables.append(Table(f"{codes:,} project cost codes by Info-Link", header, rows))
