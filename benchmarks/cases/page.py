"""The page over the benchmark company: its first view, and one page of every list."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import time
from typing import TYPE_CHECKING

import psycopg

from benchmarks.bench import Bench
from benchmarks.measure import run_work
from benchmarks.report import Table
from benchmarks.sync import COMPANY, LOOKED_UP, prepare

if TYPE_CHECKING:
    from tests.page.page_airflow import PageAirflow

_VIEW_SECONDS, _LIST_SECONDS = 1.0, 0.3
_JOBS, _REJECTED, _RECORDS, _WAITING = 5_000, 100_000, 20_000, 1_000
_OBJECTS = ("jobs", "budgets", "prime_contracts", "subcontracts", "job_costs")
_TRIES = 5
#: Queries of every list, those at its far end and those that find nothing too; `{job}` is one of the busiest.
LISTS = (
    "api/import/rejected", "api/import/rejected?after=200", "api/import/rejected?object=vendors",
    "api/import/rejected?search=24-4321", "api/import/rejected?search=nowhere", "api/import/counts",
    "api/import/checks", "api/import/drift", "api/export/counts", "api/export/queue?group=synced",
    "api/export/queue?group=synced&search=record+77", "api/export/queue?group=failed",
    "api/export/queue?group=waiting", "api/export/complete", "api/export/complete?search=waits+499", "api/jobs",
    "api/jobs?search=tower&active=true", "api/jobs?search=nowhere", "api/job?company=1&job={job}",
    "api/transactions?company=1&job={job}", "api/transactions?company=1&job={job}&offset=2000",
    "api/commitments?company=1&job={job}&phase={phase}&cost_type=S",
)  # fmt: skip


def run(bench: Bench) -> None:
    """Measure and report."""
    # The tests' own API server: it needs their dependencies, which few cases do.
    from tests.page.page_airflow import open_page_airflow
    from tests.page.page_data import CONTRACT, reject

    lab, rows = bench.lab, bench.sizes.large
    jobs = min(_JOBS, max(12, rows // 200))
    bench.say(f"loading a source of {jobs:,} jobs and {rows:,} transactions")
    source, warehouse = lab.source("page_source", jobs=jobs, transactions=rows), lab.fresh("page_warehouse")
    with lab.infolink(source) as infolink:
        bench.say("staging it, and computing the marts")
        prepare(lab, warehouse, infolink, *LOOKED_UP, *_OBJECTS)
        run_work("marts", lab.environment, warehouse=warehouse, company=COMPANY, whole=False)
    reject(warehouse, jobs=jobs, rejected=_REJECTED)
    with psycopg.connect(warehouse, autocommit=True) as connection:
        connection.execute(
            "insert into export.queue (object_name, company_code, project_id, record_id, title, state, fingerprint,"
            " run_id, changed_at) select 'commitments', '1', (n %% 500)::text, 'x' || n, 'Record ' || n, 'linked', 'f',"
            " 'seed', now() - n * interval '1 minute' from generate_series(1, %s) as n",
            [_RECORDS],
        )
        # Of contracts of two hundred lines, some of which need no input.
        line = {**CONTRACT["document"]["calls"][1], "fields": {"Original_Contract_Amount": "1"}}
        long = {**CONTRACT, "document": {"key": "K", "calls": [line] * 200}, "held": [None] * 200, "complete": False}
        connection.execute(
            "insert into export.queue (object_name, company_code, project_id, record_id, title, state, fingerprint,"
            " shown, asks_dag_id, asks_run_id, asks_task_id, asks_map_index, run_id) select 'commitments', '1', '1',"
            " 'w' || n, 'Waits ' || n, 'waiting', 'f', jsonb_set(%s, '{complete}', to_jsonb(n %% 10 = 0)), 'd', 'r',"
            " 't', n, 'seed' from generate_series(1, %s) as n",
            [json.dumps(long), _WAITING],
        )
        connection.execute("vacuum analyze")
        busiest = connection.execute(
            "select job_number, min(phase_code) from marts.job_cost_summary where cost_type = 'S'"
            " group by job_number order by sum(transactions) desc, 1 limit 1"
        ).fetchone()
    assert busiest is not None
    bench.say("starting Airflow's API server")
    folder = lab.folder / "page"
    folder.mkdir()
    page = open_page_airflow(lab.postgres, folder, name="page_bench")
    try:
        page.start()
        page.use_warehouse(warehouse)
        _measure(bench, page, *busiest)
    finally:
        page.stop()
    lab.drop("page_source", "page_warehouse")


def _measure(bench: Bench, page: PageAirflow, job: str, phase: str) -> None:
    lists = {route: _seconds(page, route.format(job=job, phase=phase)) for route in LISTS}
    view = _seconds(page, "api/me") + _seconds(page, "api/overview")
    slowest = max(lists, key=lambda route: lists[route])
    size = f"{bench.sizes.large:,} transactions"
    shown = _shown(page)
    seen = f"; {shown:.2f} s until Chromium shows it" if shown is not None else ""
    bench.report.judge(
        f"The page's first view over {size}: under {_VIEW_SECONDS:.0f} s",
        f"{view:.2f} s of answers{seen}",
        (shown or view) < _VIEW_SECONDS,
    )
    bench.report.judge(
        f"Every list of the page over {size}, {_REJECTED:,} rejected rows: under {_LIST_SECONDS * 1000:.0f} ms a page",
        f"{min(lists.values()) * 1000:.0f} to {lists[slowest] * 1000:.0f} ms ({slowest})",
        lists[slowest] < _LIST_SECONDS,
    )
    rows = [[route, f"{seconds * 1000:.0f}"] for route, seconds in lists.items()]
    note = f"Medians of {_TRIES} requests, one after the other, Airflow's own checks of session and rights included."
    bench.report.tables.append(Table("One page of each list", ("list", "ms"), rows, note))


def _seconds(page: PageAirflow, route: str) -> float:
    session, taken = page.session("accounting"), []
    for _ in range(_TRIES):
        began = time.perf_counter()
        session.get(f"{page.url}/{route}", timeout=60).raise_for_status()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _shown(page: PageAirflow) -> float | None:
    """Seconds from the address to the last object's row in a browser that has never been there; None without one."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        return None
    from playwright.sync_api import sync_playwright

    from tests.page.page_browser import FLAGS

    token = str(page.session("accounting").headers["Authorization"]).removeprefix("Bearer ")
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        for _ in range(_TRIES):
            context = browser.new_context()
            context.add_cookies([{"name": "_token", "value": token, "url": page.airflow.url}])
            tab = context.new_page()
            began = time.perf_counter()
            tab.goto(f"{page.url}/")
            tab.get_by_role("row", name="Job costs").first.wait_for()
            taken.append(time.perf_counter() - began)
            context.close()
        browser.close()
    return statistics.median(taken)
