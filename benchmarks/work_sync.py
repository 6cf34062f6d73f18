"""The steps of a sync and the reads they are compared with, as tasks run them. Run by `benchmarks.work`."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymssql
import requests

# What an Airflow task process holds before its own code runs: Airflow's task library and the DAG file.
from airflow.sdk import DAG, Asset, Param, Variable, task, task_group  # noqa: F401

from spectrum_etl.model.run import Run, Scope
from spectrum_etl.settings import Settings
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.objects import OBJECTS

_DAGS = Path(__file__).resolve().parents[1] / "dags"
_BATCH_ROWS = 5000  # what land takes at once
#: What the fingerprint query would take without its checksums.
_PLAIN = {"counts": "COUNT(*)", "sums": "COUNT(*), SUM(Tran_Amount), SUM(Total_Hours), SUM(Quantity)"}


def _import_dag_file() -> None:
    spec = importlib.util.spec_from_file_location("stage_job_costs", _DAGS / "stage_job_costs.py")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


_import_dag_file()


def idle(_: dict[str, Any]) -> dict[str, Any]:
    """An Airflow task that does nothing: what the memory of the others is compared with."""
    return {}


def land(arguments: dict[str, Any]) -> dict[str, Any]:
    """The task `land`: arguments warehouse, object, company, run_id, readers, infolink or sdx, full_refresh."""
    from spectrum_etl.staging.land import land as land_object

    settings, scope = _settings(arguments), _scope(arguments)
    with _sources(arguments, settings) as sources:
        run = Run("benchmark", arguments["run_id"])
        number = land_object(arguments["warehouse"], OBJECTS[arguments["object"]], scope, run, sources, settings)
    return {"landing_id": number}


def check(arguments: dict[str, Any]) -> dict[str, Any]:
    """The task `check`; also tells how long it waited for Great Expectations, the rest of its import included."""
    from spectrum_etl.staging import check as checking

    spent = 0.0

    def timed(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            nonlocal spent
            began = time.perf_counter()
            try:
                return work(*args, **kwargs)
            finally:
                spent += time.perf_counter() - began

        return run

    checking.open_suites, checking.run_checks = timed(checking.open_suites), timed(checking.run_checks)
    obj, settings = OBJECTS[arguments["object"]], _settings(arguments)
    results = checking.check(arguments["warehouse"], obj, arguments["landing_id"], settings)
    return {"gx_seconds": spent, "checks": len(results)}


def publish(arguments: dict[str, Any]) -> dict[str, Any]:
    """The task `publish`."""
    from spectrum_etl.staging.publish import publish as publish_landing

    obj, settings = OBJECTS[arguments["object"]], _settings(arguments)
    counts = publish_landing(arguments["warehouse"], obj, arguments["landing_id"], settings)
    return {"counts": {name: count.to_dict() for name, count in counts.items()}}


def drop_landing(arguments: dict[str, Any]) -> dict[str, Any]:
    """The task `drop_landing`."""
    from spectrum_etl.staging.outcome import close_run

    run = Run("benchmark", arguments["run_id"])
    obj = OBJECTS[arguments["object"]]
    return {"tables": close_run(arguments["warehouse"], obj, run, arguments["company"], _settings(arguments))}


def marts(arguments: dict[str, Any]) -> dict[str, Any]:
    """The task `publish` of `publish_marts`: arguments warehouse, company, whole."""
    from spectrum_etl.marts.publish import publish_marts

    written = publish_marts(arguments["warehouse"], arguments["company"], whole=arguments["whole"])
    return {"marts": {name: mart.to_dict() for name, mart in written.items()}}


def drain(arguments: dict[str, Any]) -> dict[str, Any]:
    """Run a query and discard its rows: that of `land` by columns, or as `query` says, its rows as one text each
    (`lines`, as `land` reads them), the `fingerprints`, counts or sums of every job and month without a checksum
    (`counts`, `sums`), or what `dlt` asks for.

    The same driver, session and batches as `land`, and nothing else.
    """
    from spectrum_etl.model.selection import Selection
    from spectrum_etl.sources.infolink import statements

    settings, scope = _settings(arguments), _scope(arguments)
    table = OBJECTS[arguments["object"]].tables[0]
    with _sources(arguments, settings) as sources:
        plan = sources.infolink.plan(table, scope.company_code)
    whole = Selection(scope.company_code)
    if arguments.get("query") == "dlt":
        statement = statements.Statement("SELECT * FROM dbo.JC_TRANSACTION_HISTORY_MC", {})
    elif arguments.get("query") == "lines":
        statement = statements.lines_statement(plan, whole, checksums=table.partitioned)
    elif arguments.get("query") == "fingerprints":
        statement = statements.fingerprint_statement(plan, whole, "0")
    elif arguments.get("query") in _PLAIN:
        by = "Job_Number, SUBSTRING(Tran_Date_Text, 1, 6)"
        added = _PLAIN[arguments["query"]]
        text = f"SELECT {by}, {added} FROM dbo.JC_TRANSACTION_HISTORY_MC WHERE Company_Code = %(company)s GROUP BY {by}"  # noqa: S608
        statement = statements.Statement(text, {"company": scope.company_code})
    else:
        statement = statements.read_statement(plan, whole)
    where = arguments["infolink"]
    connection = pymssql.connect(
        server=where["host"],
        port=str(where["port"]),
        user=where["user"],
        password=where["password"],
        database=where["database"],
        encryption=where["encryption"],
        tds_version="7.4",
        charset="UTF-8",
        autocommit=True,
    )
    cursor = connection.cursor()
    began, rows = time.perf_counter(), 0
    cursor.execute(statement.sql, statement.parameters)
    while batch := cursor.fetchmany(_BATCH_ROWS):
        rows += len(batch)
    seconds = time.perf_counter() - began
    connection.close()
    return {"rows": rows, "query_seconds": seconds}


def phases(arguments: dict[str, Any]) -> dict[str, Any]:
    """Read the phases of all jobs of the company by GetPhaseEnhanced, and count calls and records."""
    from spectrum_etl.sources.sdx.client import SdxClient
    from spectrum_etl.sources.sdx.connection import SdxConnection

    calls = 0

    def count(*_: Any, **__: Any) -> None:
        nonlocal calls
        calls += 1

    session = requests.Session()
    session.hooks["response"].append(count)
    company = arguments["company"]
    with SdxClient(SdxConnection(**arguments["sdx"]), session) as client:
        jobs = client.job_numbers(company)
        calls, began, worked = 0, time.perf_counter(), time.process_time()
        records = sum(1 for _ in client.read_phases(company, jobs, enhanced=True))
        seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    return {"jobs": len(jobs), "records": records, "calls": calls, "read_seconds": seconds, "cpu_seconds": cpu}


def _settings(arguments: dict[str, Any]) -> Settings:
    settings = load_settings()
    return settings.model_copy(update={"readers": {**settings.readers, **arguments.get("readers", {})}})


def _scope(arguments: dict[str, Any]) -> Scope:
    return Scope(arguments["company"], full_refresh=arguments.get("full_refresh", False))


def _sources(arguments: dict[str, Any], settings: Settings) -> Sources:
    return Sources(settings.company(arguments["company"]), infolink=InfoLinkConnection(**arguments["infolink"]))
