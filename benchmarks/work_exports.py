"""The exports' `collect`, as its task runs it. Run by `benchmarks.work`."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import requests

# What an Airflow task process holds before its own code runs: Airflow's task library and the DAG file's imports.
from spectrum_etl.staging.configured import load_settings


def collect(arguments: dict[str, Any]) -> dict[str, Any]:
    """The task `collect`: arguments connections (Airflow's, as JSON by id), settings (path), object, company, most.

    Counts the calls of Procore, and its answers by status.
    """
    os.environ["SPECTRUM_ETL_SETTINGS"] = arguments["settings"]
    os.environ |= {f"AIRFLOW_CONN_{name.upper()}": text for name, text in arguments["connections"].items()}
    from spectrum_etl.exports.objects.registry import EXPORTS
    from spectrum_etl.exports.spec import RecordFilter
    from spectrum_etl.exports.steps.collect import collect as collect_company
    from spectrum_etl.exports.systems import systems_from_airflow

    answers: Counter[str] = Counter()
    send = requests.Session.send

    def counted(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        answer = send(session, request, **options)
        if "/rest/" in (request.url or ""):
            answers[str(answer.status_code)] += 1
        return answer

    requests.Session.send = counted  # type: ignore[assignment, method-assign]
    with systems_from_airflow(arguments["company"], load_settings(), remember=True) as systems:
        obj = EXPORTS[arguments["object"]]
        found = collect_company(systems, obj, RecordFilter((), ()), "benchmark", arguments["most"], lambda _: False)
    return {"seen": found.seen, "not_ready": found.not_ready, "chosen": len(found.chosen), "answers": dict(answers)}
