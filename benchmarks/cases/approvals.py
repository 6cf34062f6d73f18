"""Approved exports in a real Airflow: many vendors up to their link, and a run that finds nothing ready."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from threading import local
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import yaml

from benchmarks.bench import Bench
from benchmarks.measure import ROOT, WorkFailed, run_work
from benchmarks.report import Table

if TYPE_CHECKING:
    from stack.airflow_api import AirflowApi, JsonObject
    from stack.stage_runs import FollowedRun
    from tests.airflow_stack import AirflowStack

_LIMIT_SECONDS, _COLLECT_SECONDS, _COLLECT_MB = 240, 60, 300
#: How many people answer at the same time.
_APPROVERS = 4
_APPROVER = "accounting"
_COMPANY, _PROCORE_COMPANY = "1", 4001
#: What the vendors of the load test are called.
_LOADED = "Load Test Company"
#: Airflow hears from a process that asked a moment after the question is there, and not before an answer.
_HEARD_SECONDS = 3
_LONGEST_SECONDS = 1200


def run(bench: Bench) -> None:
    """Measure and report.

    Raises:
        WorkFailed: a run ends otherwise than it should.
    """
    # The tests' own stack: it needs their dependencies, which few cases do.
    from tests.airflow_stack import DATABASES, open_airflow_stack

    folder = bench.lab.folder / "approvals"
    folder.mkdir()
    stack = open_airflow_stack(bench.lab.postgres, folder)
    try:
        bench.say("starting Airflow beside Spectrum and Procore")
        stack.start()
        _export(bench, stack, bench.sizes.approvals)
        _collect(bench, stack, bench.sizes.unready)
    finally:
        stack.stop()
        bench.lab.drop(*DATABASES)


def _export(bench: Bench, stack: AirflowStack, count: int) -> None:
    """Collect, ask, answer, send, confirm and link: all in one run."""
    stack.run_sandbox("procore", "seed", "--vendors", str(count))
    bench.say(f"{count} vendors, and what was there before, are collected and asked about")
    times = {"begin": time.monotonic()}
    run = stack.trigger("export_vendors", companies=[_COMPANY])
    questions = _until(partial(_all_asked, stack.api(), run))
    times["all asked"] = time.monotonic()
    bench.say(f"{len(questions)} are asked; {_APPROVERS} at a time are answered")
    time.sleep(_HEARD_SECONDS)
    clients = local()

    def answer(numbered: tuple[int, JsonObject]) -> None:
        number, question = numbered
        if not hasattr(clients, "api"):
            clients.api = stack.api(_APPROVER)
        form = {name: param["value"] for name, param in question["params"].items()}
        option = "Accept" if _LOADED in question["subject"] else "Retrieve"  # nothing else shall be in the way
        clients.api.answer(question["task_instance"], option, form | {"vendor_code": f"V{number:05d}"})

    with ThreadPoolExecutor(_APPROVERS) as approvers:
        list(approvers.map(answer, enumerate(questions)))
    times["all answered"] = time.monotonic()
    stack.wait([run], seconds=_LONGEST_SECONDS)
    times["all linked"] = time.monotonic()
    linked = stack.ask("select count(*)::int from export.links where spectrum_key ~ '^V[0-9]{5}$'")
    written = stack.source(
        "select count(*)::int, count(distinct parameters ->> 'Vendor_Code')::int from sandbox.writes where accepted"
        " and parameters ->> 'Vendor_Code' ~ '^V[0-9]{5}$'"
    )
    if linked != [(count,)] or written != [(count, count)]:
        raise WorkFailed(f"of {count} accepted vendors {linked} are linked, {written} were written")
    seconds = times["all linked"] - times["begin"]
    bench.report.judge(
        f"{count} ready vendors collected, accepted over REST, sent, confirmed and linked: under {_LIMIT_SECONDS} s",
        f"{seconds:.0f} s",
        seconds < _LIMIT_SECONDS,
    )
    moments = list(times.items())
    rows = [[name, f"{at - before:.1f}"] for (_, before), (name, at) in pairwise(moments)]
    note = f"One run of export_vendors; {_APPROVERS} answers at a time, after all questions were there."
    bench.report.tables.append(Table(f"{count} approvals", ("until", "seconds"), rows, note))


def _all_asked(api: AirflowApi, run: FollowedRun) -> list[JsonObject] | None:
    path = f"dags/{run.dag_id}/dagRuns/{quote(run.run_id)}/taskInstances/record.approve/listMapped"
    asked, asking = (
        api.call("GET", path, limit=1, **query)["total_entries"] for query in ({"state": "awaiting_input"}, {})
    )
    return api.questions(run.dag_id, run.run_id) if asked and asked == asking else None


def _collect(bench: Bench, stack: AirflowStack, count: int) -> None:
    """Apply all rules to many records of which none is ready."""
    stack.run_sandbox("procore", "seed", "--vendors", str(count), "--not-ready")
    stack.faults().clear()  # Procore's limits are those that it documents
    bench.say(f"{count:,} vendors of which none is ready")
    measured = run_work(
        "collect",
        bench.lab.environment,
        connections=_connections(stack),
        settings=str(stack.settings_file),
        object="vendors",
        company=_COMPANY,
        most=500,
    )
    found, answers = measured.result, measured.result["answers"]
    if found["not_ready"] < count or found["chosen"] > found["seen"] - count:
        raise WorkFailed(f"{count:,} records are not ready, but the run says {found}")
    calls, refused = sum(answers.values()), answers.get("429", 0)
    seconds, megabytes = measured.seconds, measured.peak_bytes / 1e6
    bench.report.judge(
        f"{count:,} Procore records, none ready: under {_COLLECT_SECONDS} s, under {_COLLECT_MB} MB, within Procore's"
        " rate limit",
        f"{seconds:.0f} s, {megabytes:.0f} MB, {calls} calls of which {refused} were refused for the limit",
        seconds < _COLLECT_SECONDS and megabytes < _COLLECT_MB and not refused,
        f"An empty Airflow task takes {bench.idle_bytes() / 1e6:.0f} MB.",
    )


def _connections(stack: AirflowStack) -> dict[str, str]:
    """Airflow's connections to the parts, each as its JSON."""
    known: dict[str, dict[str, Any]] = {}
    for entry in yaml.safe_load((ROOT / "airflow_settings.yaml").read_text(encoding="utf-8"))["airflow"]["connections"]:
        # Airflow's JSON has the names of the file without their beginning, but for the type.
        fields = {name if name == "conn_type" else name.removeprefix("conn_"): entry[name] for name in entry}
        known[fields.pop("id")] = fields
    return {name: json.dumps(known[name] | fields) for name, fields in stack.connections().items()}


def _until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + _LONGEST_SECONDS
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise WorkFailed(f"not all records were asked about after {_LONGEST_SECONDS} s")
        time.sleep(1)
    return found
