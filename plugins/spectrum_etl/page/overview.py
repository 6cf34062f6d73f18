"""The overview: connections, and how each importable object stands; starts a sync (A5). Routes of the page."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.page import access, scope
from spectrum_etl.page.airflow_api import call
from spectrum_etl.page.answers import Answer
from spectrum_etl.page.connections import connections, unreachable
from spectrum_etl.page.reads import Row, open_warehouse
from spectrum_etl.page.runs import active, ended, runs_of, start
from spectrum_etl.page.schedules import is_late, schedules_in_force
from spectrum_etl.settings import load_settings
from spectrum_etl.staging.objects import OBJECTS

router = APIRouter()

_SUMS = ("new_rows", "changed_rows", "deleted_rows", "rejected_rows", "staged_rows", "deferred_rows")
_CHECKS = ("checks_passed", "checks_warned", "checks_failed")


class Check(BaseModel):
    """That connections are checked.

    Args:
        resume: unpause the DAG first where it is paused.
    """

    resume: bool = False


class Refresh(BaseModel):
    """What is synced.

    Args:
        object: importable object.
        companies: company codes; empty means all.
        resume: unpause its DAG first where it is paused.
    """

    object: str
    companies: list[str] = []
    resume: bool = False


@router.get("/api/overview")
async def overview(request: Request, readable: access.Readable, user: GetUserDep, company: str | None = None) -> Answer:
    """Connections, objects and who asks, in one answer."""
    objects, exports = scope.import_objects(readable), scope.export_objects(readable)
    ids = [scope.STAGE + name for name in objects] + [scope.EXPORT + name for name in exports] + [scope.CHECK_DAG]
    dags, runs, known = await asyncio.gather(
        _dags(request), runs_of(request, ids), run_in_threadpool(_known, objects, company)
    )
    states, schedules, told = known
    names = scope.companies(company)
    now = datetime.now(UTC)
    rows = [
        _object(name, states, schedules[name], dags.get(scope.STAGE + name), _of(runs, scope.STAGE + name), now)
        for name in objects
    ]
    allowed = await run_in_threadpool(lambda: {i: access.may_trigger(user, i) for i in ids})
    for row in rows:
        row["may_refresh"] = allowed[scope.STAGE + row["name"]]
    if isinstance(told, SpectrumEtlError):
        linked = unreachable(str(told))
    else:
        linked = await run_in_threadpool(_linked, names, [r for r in runs if r["dag_id"].startswith(scope.EXPORT)])
    checking = active(_of(runs, scope.CHECK_DAG))
    return Answer(
        {
            "connections": linked,
            "objects": rows,
            "checking": checking is not None,
            "may_check": allowed[scope.CHECK_DAG],
            "now": now,
        }
    )


@router.get("/api/me")
def me(user: GetUserDep, readable: access.Readable) -> Answer:
    """Who asks, what they may do, and which companies there are."""
    settings = load_settings()
    return Answer(
        {
            "name": user.get_name(),
            "approver": access.may_approve(user),
            "companies": [{"code": c.code, "name": c.name} for c in settings.companies],
            "imports": [{"name": n, "title": OBJECTS[n].title} for n in scope.import_objects(readable)],
            "exports": [{"name": n, "title": n.replace("_", " ").capitalize()} for n in scope.export_objects(readable)],
            "job_cost": scope.MARTS_DAG in readable,
        }
    )


@router.get("/api/connections")
def connection_details(readable: access.Readable, company: str | None = None) -> Answer:
    """What the last check noticed: services that may not be used, and where systems differ from what is known."""
    scope.require_dag(readable, scope.CHECK_DAG)
    companies = scope.companies(company)
    with open_warehouse() as warehouse:
        return Answer(
            {
                "services": warehouse.rows("connection_services", companies=companies),
                "findings": warehouse.rows("connection_findings", companies=companies),
            }
        )


@router.post("/api/check-connections")
async def check_connections(request: Request, asked: Check, user: GetUserDep) -> Answer:
    """Start the DAG that tries every connection, with the user's own rights.

    Raises:
        HTTPException: 403 where the user may not; 409 where it runs already, or is paused.
    """
    run = await start(request, user, scope.CHECK_DAG, [], resume=asked.resume)
    return Answer({"run_id": run["dag_run_id"], "state": run["state"]})


@router.post("/api/refresh")
async def refresh(request: Request, asked: Refresh, readable: access.Readable, user: GetUserDep) -> Answer:
    """Start the DAG of an object, with the user's own rights.

    Raises:
        HTTPException: 403 where the user may not; 409 where it runs already, or is paused.
    """
    scope.import_objects(readable, asked.object)
    run = await start(request, user, scope.STAGE + asked.object, asked.companies, resume=asked.resume)
    return Answer({"run_id": run["dag_run_id"], "state": run["state"]})


async def _dags(request: Request) -> dict[str, Any]:
    found = await call(request, "GET", "dags", query={"tags": "spectrum", "limit": 100})
    return {dag["dag_id"]: dag for dag in found["dags"]}


def _of(runs: list[Any], dag_id: str) -> list[Any]:
    return [run for run in runs if run["dag_id"] == dag_id]


def _known(objects: list[str], company: str | None) -> tuple[list[Row], dict[str, str], SpectrumEtlError | None]:
    """The tables' states, the schedules, and why the warehouse does not answer."""
    schedules = schedules_in_force(load_settings(), objects)
    try:
        with open_warehouse() as warehouse:
            wanted = scope.tables_of(objects)
            return warehouse.rows("table_states", companies=scope.companies(company), **wanted), schedules, None
    except SpectrumEtlError as error:
        return [], schedules, error


def _linked(companies: list[str], exports: list[Mapping[str, Any]]) -> list[Row]:
    with open_warehouse() as warehouse:
        return connections(warehouse, companies, exports)


def _object(
    name: str, states: list[Row], schedule: str, dag: Mapping[str, Any] | None, runs: list[Any], now: datetime
) -> Row:
    tables = [row for row in states if row["object_name"] == name]
    tried = [row for row in tables if row["finished_at"]]
    last = max(tried, key=lambda row: row["finished_at"], default=None)
    of_last = [row for row in tried if last and row["run_id"] == last["run_id"]] if last else []
    bad = next((row for row in tried if row["state"] in ("failed", "stopped")), None)
    read = [row["read_at"] for row in tables if row["read_at"]]
    now_running, last_run = active(runs), ended(runs)
    oldest = min(read, default=None)
    return {
        "name": name,
        "title": OBJECTS[name].title,
        "schedule": schedule,
        "paused": bool(dag and dag["is_paused"]),
        "next_sync": dag["next_dagrun_run_after"] if dag and not dag["is_paused"] and schedule != "never" else None,
        "running": _run(now_running) if now_running else None,
        "last_run_state": last_run["state"] if last_run else None,
        "last_sync": last["finished_at"] if last else None,
        "state": bad["state"] if bad else last["state"] if last else None,
        "message": bad["message"] if bad else None,
        "read_at": oldest,
        "late": is_late(schedule, oldest, now),
        "tables": tables,
        **{key: sum(row[key] or 0 for row in (of_last if key in _SUMS[:3] else tables)) for key in _SUMS},
        **{key: sum(row[key] or 0 for row in tables) for key in _CHECKS},
    }


def _run(run: Mapping[str, Any]) -> Row:
    return {"run_id": run["dag_run_id"], "state": run["state"], "since": run["start_date"]}
