"""Phases job by job through the web service, as fast as its answers and three calls at a time allow."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.measure import run_work
from benchmarks.report import Table
from benchmarks.sync import COMPANY

_ANSWER_MS = 50
_PARALLEL = 3
_LIMIT = 1.2
_OWN_MS = 4.0


def run(bench: Bench) -> None:
    """Measure and report."""
    lab = bench.lab
    bench.say(f"loading a source of {bench.sizes.sdx_jobs} jobs")
    source = lab.source("source", jobs=bench.sizes.sdx_jobs, transactions=0)
    found = {}
    for answer_ms in (_ANSWER_MS, 0):
        bench.say(f"reading their phases, {answer_ms} ms an answer")
        with lab.web_services(source, answer_ms=answer_ms) as sdx:
            sdx = {**sdx, "parallel": _PARALLEL}
            found[answer_ms] = run_work("phases", lab.environment, sdx=sdx, company=COMPANY)
    lab.drop("source")
    result = found[_ANSWER_MS].result
    seconds, calls = result["read_seconds"], result["calls"]
    bound = calls * _ANSWER_MS / 1000 / _PARALLEL
    alone = found[0].result["read_seconds"]
    bench.report.ratio(
        f"{result['jobs']} jobs' phases by GetPhaseEnhanced at {_ANSWER_MS} ms an answer, {_PARALLEL} at a time: "
        f"at most {_LIMIT} × the latency bound",
        seconds,
        bound,
        _LIMIT,
        f"Answers without any delay take {alone:.1f} s: that is what client and stand-in need for their work.",
    )
    own = found[0].result["cpu_seconds"] * 1000 / found[0].result["calls"]
    bench.report.judge(
        f"The web service client's own time a call: at most {_OWN_MS:.0f} ms",
        f"{own:.1f} ms of processor time, {found[0].result['records'] / found[0].result['calls']:.0f} records a call",
        own <= _OWN_MS,
        "The client's process alone; the stand-in has another.",
    )
    rows = [
        ["latency bound", f"{calls:,}", "", f"{bound:.1f}"],
        [f"{_ANSWER_MS} ms an answer", f"{calls:,}", f"{result['records']:,}", f"{seconds:.1f}"],
        ["no delay", f"{found[0].result['calls']:,}", f"{found[0].result['records']:,}", f"{alone:.1f}"],
    ]
    note = (
        "The bound is calls × delay / calls at a time. A job takes two calls, since one answer holds either active and "
        "inactive phases or complete ones; one more call asks what the service offers."
    )
    bench.report.tables.append(Table("Phases by GetPhaseEnhanced", ("", "calls", "records", "seconds"), rows, note))
