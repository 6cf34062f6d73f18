"""Changes in a large table: within the last months, all over history, and none at all; dlt's cursor beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks.bench import Bench, jobs_for
from benchmarks.content import Difference, compare_copy, compare_staged
from benchmarks.measure import Measurement, WorkFailed, repeated
from benchmarks.peers_environment import Setting, install, run_dlt
from benchmarks.report import Table
from benchmarks.sync import COMPANY, LOOKED_UP, READERS, Sync, prepare, run_sync
from sandbox.data.touch import touch

SHARE = 0.001
_RECENT_LIMIT = 0.22
_DLT_LIMIT = 0.45
_UNIFORM_LIMIT = 1.2
_UNCHANGED_LIMIT = 1.1
_CURSOR = "Tran_Date_Text"
_SETTING = Setting("dlt, pyarrow + csv", "pyarrow", "csv")
_TABLE = "job_cost_transactions"
#: Rows ever written to each schema of a database; a session's numbers are complete once it has ended.
_WRITTEN = (
    "select schemaname, sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint from pg_stat_user_tables"
    " where schemaname in ('spectrum', 'history') group by schemaname order by schemaname"
)


@dataclass(frozen=True)
class _Step:
    name: str
    sync: Sync
    content: Difference | None


def run(bench: Bench) -> None:
    """Measure and report."""
    lab, sizes = bench.lab, bench.sizes
    install(bench.say)
    bench.say(f"loading a source of {sizes.large:,} transactions")
    source = lab.source("source", jobs=jobs_for(sizes.large), transactions=sizes.large)
    warehouse = lab.fresh("warehouse")
    with lab.infolink(source) as infolink:
        bench.say("staging what the checks look up")
        prepare(lab, warehouse, infolink, *LOOKED_UP)
        full = _sync(bench, infolink, "full load into empty tables", source)
        bench.syncs[sizes.large] = full.sync
        bench.say("draining the query of the fingerprints")
        arguments = {"infolink": infolink, "object": "job_costs", "company": COMPANY, "readers": READERS}
        prints = repeated(sizes.repeats, "drain", lab.environment, **arguments, query="fingerprints")
        plain = {
            name: repeated(sizes.repeats, "drain", lab.environment, **arguments, query=query)
            for name, query in (("counts alone", "counts"), ("counts and sums, no checksum", "sums"))
        }
        before = _written(warehouse)
        unchanged = _sync(bench, infolink, "nothing changed", None)
        wrote = _written(warehouse) != before
        bench.say("dlt's first load, with its incremental cursor")
        copy = lab.fresh("dlt")
        first = run_dlt(lab, infolink, copy, _SETTING, dataset="copied", disposition="append", incremental=_CURSOR)
        changes = touch(source, SHARE, "recent", seed=1).total
        recent = _sync(bench, infolink, f"{changes:,} rows changed within the last two months", source)
        cursors = _cursors(bench, infolink, source)
        uniform_changes = touch(source, SHARE, "uniform", seed=2).total
        uniform = _sync(bench, infolink, f"{uniform_changes:,} rows changed all over history", source)
        forced = _sync(bench, infolink, "full refresh of what is staged already", None, full_refresh=True)
    lab.drop("source", "warehouse", "dlt")
    bench.report.ratio(
        f"Full load of {sizes.large:,} transactions, checks included: at most {_DLT_LIMIT} × dlt's ({_SETTING.name})",
        full.sync.seconds,
        first.seconds,
        _DLT_LIMIT,
        f"{full.sync.explain()}.",
    )
    _judge(bench, full, recent, uniform, unchanged, prints, wrote)
    _tables(
        bench, [full, recent, uniform, forced, unchanged], {**plain, "the fingerprint query": prints}, first, cursors
    )


def _sync(
    bench: Bench, infolink: dict[str, Any], name: str, source: str | None, *, full_refresh: bool = False
) -> _Step:
    bench.say(name)
    warehouse = bench.lab.postgres.url("warehouse")
    sync = run_sync(bench.lab, warehouse, infolink, "job_costs", name, full_refresh=full_refresh)
    content = compare_staged(source, warehouse) if source else None
    bench.say(f"{sync.seconds:.1f} s; {content or 'not compared'}")
    return _Step(name, sync, content)


def _written(warehouse: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(warehouse) as connection:
        return connection.execute(_WRITTEN).fetchall()


def _cursors(
    bench: Bench, infolink: dict[str, Any], source: str
) -> list[tuple[str, Measurement | None, Difference | str]]:
    """What dlt's cursor on the date finds of the changes: appended, and with all rows of a date replaced."""
    found: list[tuple[str, Measurement | None, Difference | str]] = []
    for name, merge_key in (("append", None), ("merge", _CURSOR)):
        bench.say(f"dlt's incremental load, {name}")
        # A copy of the first load, with its state: dlt restores that from the destination.
        copy = bench.lab.fresh(f"dlt_{name}", template="dlt")
        try:
            took = run_dlt(
                bench.lab,
                infolink,
                copy,
                _SETTING,
                dataset="copied",
                disposition=name,
                incremental=_CURSOR,
                merge_key=merge_key,
            )
        except WorkFailed as error:
            found.append((name, None, str(error).strip().splitlines()[-1]))
        else:
            found.append((name, took, compare_copy(source, copy, "copied", exact=False)))
        bench.lab.drop(f"dlt_{name}")
    return found


def _judge(
    bench: Bench, full: _Step, recent: _Step, uniform: _Step, unchanged: _Step, prints: Measurement, wrote: bool
) -> None:
    report, reload = bench.report, full.sync.seconds
    size, share = f"{bench.sizes.large:,} transactions", f"{SHARE:.1%}"
    report.ratio(
        f"{size}, {share} changed within the last two months: at most {_RECENT_LIMIT} × a full load",
        recent.sync.seconds,
        reload,
        _RECENT_LIMIT,
        f"{recent.sync.explain()}; the fingerprint query alone takes {_query(prints):.1f} s.",
    )
    report.judge("… content equal", str(recent.content), recent.content is not None and recent.content.equal)
    report.ratio(
        f"{size}, {share} changed all over history: at most {_UNIFORM_LIMIT} × a full load",
        uniform.sync.seconds,
        reload,
        _UNIFORM_LIMIT,
        f"{uniform.sync.explain()}; a full load: {full.sync.explain()}.",
    )
    report.judge("… content equal", str(uniform.content), uniform.content is not None and uniform.content.equal)
    report.ratio(
        f"{size}, nothing changed: at most {_UNCHANGED_LIMIT} × the fingerprint query",
        unchanged.sync.seconds,
        _query(prints),
        _UNCHANGED_LIMIT,
        f"{unchanged.sync.explain()}.",
    )
    landed = unchanged.sync.counts(_TABLE)["landed"]
    with_gx = any(step.result["imported_gx"] for step in unchanged.sync.steps.values())
    words = (
        f"{landed} rows landed, Great Expectations {'' if with_gx else 'not '}imported, "
        f"{'rows' if wrote else 'no row'} of the staged tables and their history written"
    )
    report.judge(
        "… no landing, no Great Expectations, nothing written but sync", words, not (landed or with_gx or wrote)
    )


def _query(prints: Measurement) -> float:
    return float(prints.result["query_seconds"])


def _tables(
    bench: Bench,
    steps: list[_Step],
    queries: dict[str, Measurement],
    first: Measurement,
    cursors: list[tuple[str, Measurement | None, Difference | str]],
) -> None:
    reload = steps[0].sync.seconds
    rows = [
        [f"query: {name}", f"{_query(took):.1f}", f"{_query(took) / reload:.2f}", "", "", "", "", ""]
        for name, took in queries.items()
    ]
    for step in steps:
        sync, counts = step.sync, step.sync.counts(_TABLE)
        times = [f"{part.seconds:.1f}" for part in sync.steps.values()]
        what = [f"{counts['landed']:,}", str(step.content or "")]
        rows.append([step.name, f"{sync.seconds:.1f}", f"{sync.seconds / reload:.2f}", *times, *what])
    rows.append(["dlt, first load", f"{first.seconds:.1f}", f"{first.seconds / reload:.2f}", "", "", "", "", ""])
    for name, took, content in cursors:
        seconds = [f"{took.seconds:.1f}", f"{took.seconds / reload:.2f}"] if took else ["failed", ""]
        copied = f"{took.result['rows']:,}" if took else ""
        rows.append([f"dlt, incremental on the date, {name}", *seconds, "", "", "", copied, str(content)])
    header = ("", "seconds", "× full load", "land", "check", "publish", "rows landed", "content")
    note = (
        "dlt's rows are of the same changes as those within the last two months, texts compared trimmed and blank as "
        "null. Its merge replaces all rows of the dates it reads (merge_key); the table has no primary key."
    )
    bench.report.tables.append(Table(f"Changes in {bench.sizes.large:,} transactions", header, rows, note))
