"""A full load of transactions, source to published, beside draining the same query and beside dlt."""

from __future__ import annotations

from typing import Any

from benchmarks.bench import Bench, jobs_for
from benchmarks.content import Difference, compare_copy, compare_staged
from benchmarks.measure import Measurement, WorkFailed, repeated
from benchmarks.peers_environment import CONNECTORX, DEFAULT, FASTER, Setting, install, run_dlt
from benchmarks.report import Table
from benchmarks.sync import COMPANY, LOOKED_UP, READERS, Sync, prepare, run_sync

_DRAIN_LIMIT = 2.5
_FASTEST_LIMIT = 0.8
_GX_SHARE = 0.35
_PROBE_ROWS = 2_000


def run(bench: Bench) -> None:
    """Measure and report."""
    lab, sizes, report = bench.lab, bench.sizes, bench.report
    install(bench.say)
    connectorx = _try_connectorx(bench)
    bench.say(f"loading a source of {sizes.rows:,} transactions")
    source = lab.source("source", jobs=jobs_for(sizes.rows), transactions=sizes.rows)
    with lab.infolink(source) as infolink:
        bench.say("draining the query")
        arguments = {"infolink": infolink, "object": "job_costs", "company": COMPANY, "readers": READERS}
        drain = repeated(sizes.repeats, "drain", lab.environment, **arguments)
        plain = repeated(sizes.repeats, "drain", lab.environment, **arguments, query="dlt")
        lines = repeated(sizes.repeats, "drain", lab.environment, **arguments, query="lines")
        bench.say("staging what the checks look up")
        prepare(lab, lab.fresh("prepared"), infolink, *LOOKED_UP)
        ours = _ours(bench, infolink)
        bench.syncs[sizes.rows] = ours
        staged = compare_staged(source, lab.postgres.url("warehouse"))
        bench.say(f"published in {ours.seconds:.1f} s, drained in {_query(drain):.1f} s; {staged}")
        lab.drop("warehouse", "prepared")
        dlt: dict[Setting, tuple[Measurement, Difference, Difference]] = {}
        for setting in (DEFAULT, *FASTER, *([CONNECTORX] if connectorx is None else [])):
            dlt[setting] = _dlt(bench, infolink, source, setting)
    lab.drop("source")

    report.versions["dlt"] = dlt[DEFAULT][0].result["version"]
    size = f"{sizes.rows:,} transactions"
    fastest = min(dlt, key=lambda setting: dlt[setting][0].seconds)
    report.ratio(
        f"Full load of {size}, checks included: at most {_DRAIN_LIMIT} × draining the query that is really sent",
        ours.seconds,
        _query(lines),
        _DRAIN_LIMIT,
        f"{ours.explain()}.",
    )
    report.ratio(
        f"… at most {_FASTEST_LIMIT} × the untyped copy by dlt's fastest setting ({fastest.name})",
        ours.seconds,
        dlt[fastest][0].seconds,
        _FASTEST_LIMIT,
        f"{ours.explain()}.",
    )
    report.judge("Content equal to the source, EXCEPT ALL both ways", str(staged), staged.equal)
    share = ours.gx_seconds / ours.seconds
    report.judge(
        f"Great Expectations at most {_GX_SHARE:.0%} of the tasks' time of a sync of {size}",
        f"{share:.0%} ({ours.gx_seconds:.1f} s of {ours.seconds:.1f} s)",
        share <= _GX_SHARE,
        f"{ours.explain()}; {ours.check.result['checks']} checks.",
    )
    _table(bench, (drain, plain, lines), ours, staged, dlt, connectorx)


def _query(drain: Measurement) -> float:
    return float(drain.result["query_seconds"])


def _ours(bench: Bench, infolink: dict[str, Any]) -> Sync:
    runs = []
    for number in range(bench.sizes.repeats):
        bench.say(f"full load into empty tables, {number + 1} of {bench.sizes.repeats}")
        warehouse = bench.lab.fresh("warehouse", template="prepared")
        runs.append(run_sync(bench.lab, warehouse, infolink, "job_costs", f"full {number}"))
    return sorted(runs, key=lambda sync: sync.seconds)[(len(runs) - 1) // 2]


def _dlt(
    bench: Bench, infolink: dict[str, Any], source: str, setting: Setting
) -> tuple[Measurement, Difference, Difference]:
    bench.say(f"the same with {setting.name}")
    copy = bench.lab.fresh("dlt")
    took = run_dlt(bench.lab, infolink, copy, setting, dataset="copied")
    exact = compare_copy(source, copy, "copied", exact=True)
    loose = exact if exact.equal else compare_copy(source, copy, "copied", exact=False)
    bench.say(f"{setting.name}: {took.seconds:.1f} s; {exact}")
    bench.lab.drop("dlt")
    return took, exact, loose


def _try_connectorx(bench: Bench) -> str | None:
    """Why connectorx cannot read from the stand-in, or None: it brings a driver of its own, in Rust."""
    bench.say("trying dlt with connectorx")
    source = bench.lab.source("source", jobs=12, transactions=_PROBE_ROWS)
    try:
        with bench.lab.infolink(source) as infolink:
            run_dlt(bench.lab, infolink, bench.lab.fresh("dlt"), CONNECTORX, dataset="copied")
    except WorkFailed as error:
        return str(error).strip().splitlines()[-1]
    finally:
        bench.lab.drop("source", "dlt")
    return None


def _table(
    bench: Bench,
    drains: tuple[Measurement, Measurement, Measurement],
    ours: Sync,
    staged: Difference,
    dlt: dict[Setting, tuple[Measurement, Difference, Difference]],
    connectorx: str | None,
) -> None:
    drain, plain, lines = drains
    base = _query(drain)
    rows = [
        ["drain: same query, same driver, rows discarded", f"{base:.1f}", "1.0", f"{drain.cpu_seconds:.1f}", "", ""]
    ]
    more = ["drain of dlt's query: all columns as they are", f"{_query(plain):.1f}", f"{_query(plain) / base:.1f}"]
    rows.append([*more, f"{plain.cpu_seconds:.1f}", "", ""])
    more = ["drain of the same rows as land asks for them: one text a row", f"{_query(lines):.1f}"]
    rows.append([*more, f"{_query(lines) / base:.1f}", f"{lines.cpu_seconds:.1f}", "", ""])
    for name, step in ours.steps.items():
        rows.append([name, f"{step.seconds:.1f}", "", f"{step.cpu_seconds:.1f}", f"{step.peak_mib:.0f}", ""])
    peak = max(step.peak_mib for step in ours.steps.values())
    cpu = f"{ours.cpu_seconds:.1f}"
    total = ["**land, check and publish**", f"{ours.seconds:.1f}", f"{ours.seconds / base:.1f}", cpu, f"{peak:.0f}"]
    rows.append([*total, str(staged)])
    for setting, (took, exact, loose) in dlt.items():
        words = str(exact) if exact.equal else f"{exact}; trimmed and blank as null: {loose}"
        numbers = [f"{took.seconds:.1f}", f"{took.seconds / base:.1f}", f"{took.cpu_seconds:.1f}"]
        rows.append([setting.name, *numbers, f"{took.peak_mib:.0f}", words])
    note = "dlt copies the table as it is: untyped dates, untrimmed codes, no checks, no history, no rejected rows."
    if connectorx:
        note += f" Its connectorx backend cannot read from the stand-in Spectrum: {connectorx}"
    header = ("full load", "seconds", "× drain", "CPU s", "peak MiB", "content")
    title = f"Full load of {bench.sizes.rows:,} transactions"
    bench.report.tables.append(Table(title, header, rows, note))
