"""The WIP schedule of any month end and each question of docs/marts.md, a day after the company was loaded."""

from __future__ import annotations

import re
import statistics
import time
from typing import Any, LiteralString, cast

import psycopg

from benchmarks.bench import Bench
from benchmarks.measure import ROOT, run_work
from benchmarks.report import Table
from benchmarks.sync import COMPANY, LOOKED_UP, prepare, run_sync
from sandbox.data.touch import touch

_JOBS, _MONTH_ENDS, _SECONDS, _TRIES = 500, 48, 1.0, 3
#: Share of the transactions that change before the last sync, so that questions about changes have an answer.
_CHANGED = 0.001
_OBJECTS = (
    "jobs", "budgets", "prime_contracts", "subcontracts", "customers", "billings", "payables", "purchase_orders",
    "change_requests", "job_costs",
)  # fmt: skip
_SCHEDULE = "select * from marts.wip_schedule where company_code = %s and month_end = %s and known = %s"
_FADE = "select * from marts.wip_fade where company_code = %s and month_end = %s"


def run(bench: Bench) -> None:
    """Measure and report."""
    lab, rows = bench.lab, bench.sizes.large
    jobs = min(_JOBS, max(12, rows // 10_000))
    bench.say(f"loading a source of {jobs:,} jobs and {rows:,} transactions")
    source, warehouse = lab.source("wip_source", jobs=jobs, transactions=rows), lab.fresh("wip_warehouse")
    with lab.infolink(source) as infolink:
        bench.say("staging it, and computing the marts")
        prepare(lab, warehouse, infolink, *LOOKED_UP, *_OBJECTS)
        run_work("marts", lab.environment, warehouse=warehouse, company=COMPANY, whole=False)
        changes = touch(source, _CHANGED, "recent", seed=1).total
        bench.say(f"a day later: {changes:,} transactions changed")
        run_sync(lab, warehouse, infolink, "job_costs", "a day later")
        run_work("marts", lab.environment, warehouse=warehouse, company=COMPANY, whole=False)
    with psycopg.connect(warehouse, autocommit=True) as connection:
        _remember_every_month_end(connection)
        connection.execute("vacuum analyze")
        connection.execute("set role spectrum_analyst")
        _schedule(bench, connection, jobs)
        _questions(bench, connection)
    lab.drop("wip_source", "wip_warehouse")


def _remember_every_month_end(connection: psycopg.Connection) -> None:
    """As if every month had been closed with what is known now: nothing was staged before this run."""
    connection.execute("update marts.wip_month_ends set then_is_known = closed_at is not null")
    columns = connection.execute(
        "select string_agg(attname, ', ') from pg_attribute where attrelid = 'marts.wip_by_month'::regclass"
        " and attnum > 0 and attname <> 'known'"
    ).fetchone()
    assert columns is not None
    query = (
        f"insert into marts.wip_by_month (known, {columns[0]}) select 'then', {columns[0]}"  # noqa: S608  names
        " from marts.wip_by_month inner join marts.wip_month_ends using (company_code, month_end) where then_is_known"
    )
    connection.execute(query.encode())


def _schedule(bench: Bench, connection: psycopg.Connection, jobs: int) -> None:
    month_ends = connection.execute(
        "select month_end from marts.wip_month_ends where company_code = %s and closed_at is not null"
        " order by month_end desc limit %s",
        [COMPANY, _MONTH_ENDS],
    ).fetchall()
    taken = {
        (name, day): _seconds(connection, query, [COMPANY, day, *known])
        for name, query, known in (
            ("as known now", _SCHEDULE, ["now"]),
            ("as known then", _SCHEDULE, ["then"]),
            ("fade", _FADE, []),
        )
        for (day,) in month_ends
    }
    slowest = max(taken, key=lambda what: taken[what])
    bench.report.judge(
        f"WIP schedule of {jobs:,} jobs with {bench.sizes.large:,} transactions, any of {len(month_ends)} month ends:"
        f" under {_SECONDS:.0f} s",
        f"{min(taken.values()) * 1000:.0f} to {taken[slowest] * 1000:.0f} ms ({slowest[0]}, {slowest[1]})",
        taken[slowest] < _SECONDS,
        "As known now, as known then, and their difference.",
    )


def _questions(bench: Bench, connection: psycopg.Connection) -> None:
    page = (ROOT / "docs" / "marts.md").read_text(encoding="utf-8")
    questions = re.findall(r"^### (.+?)\n.*?^```sql\n(.+?)^```$", page, re.MULTILINE | re.DOTALL)
    taken = {question: _seconds(connection, query) for question, query in questions}
    slowest = max(taken, key=lambda question: taken[question])
    bench.report.judge(
        f"Each of the {len(taken)} questions of docs/marts.md over {bench.sizes.large:,} transactions: under"
        f" {_SECONDS:.0f} s",
        f"{min(taken.values()) * 1000:.0f} to {taken[slowest] * 1000:.0f} ms ({slowest})",
        taken[slowest] < _SECONDS,
    )
    rows = [[question, f"{seconds * 1000:.0f}"] for question, seconds in taken.items()]
    note = f"Medians of {_TRIES}, as spectrum_analyst, all rows fetched."
    bench.report.tables.append(Table("Questions of docs/marts.md", ("question", "ms"), rows, note))


def _seconds(connection: psycopg.Connection, query: str, values: list[Any] | None = None) -> float:
    taken = []
    for _ in range(_TRIES):
        began = time.perf_counter()
        connection.execute(cast(LiteralString, query), values).fetchall()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)
