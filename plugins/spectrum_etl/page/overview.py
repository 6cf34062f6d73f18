"""The overview: connections, and how each importable object stands; starts a sync (A5). Routes of the page."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.models.variable import Variable
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.model import dag_ids
from spectrum_etl.page import access, scope
from spectrum_etl.page.answers import ExactJson
from spectrum_etl.page.connections import connections, unreachable
from spectrum_etl.page.marts import marts_row, marts_states
from spectrum_etl.page.object_row import object_row
from spectrum_etl.page.outside_links import connection_of
from spectrum_etl.page.reads import Row, open_warehouse
from spectrum_etl.page.runs import active, dags_of, runs_of, start
from spectrum_etl.page.wording import problem, remedy, sentences
from spectrum_etl.settings import SCHEDULES_VARIABLE, Settings, in_force
from spectrum_etl.settings.schedules import overrides
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.objects import OBJECTS

router = APIRouter()


@dataclass(frozen=True)
class _Known:
    """What can be told now.

    Args:
        connections: as `page.connections` gives them.
        settings: with the schedules that are in force.
        problems: what stands in the way, each with `detail` and `remedy`.
        states: of the staged tables; None where the warehouse is down.
        marts: of each company; None where the warehouse is down.
    """

    connections: list[Row]
    settings: Settings
    problems: list[dict[str, str | None]]
    states: list[Row] | None = None
    marts: list[Row] | None = None


class CheckRequest(BaseModel):
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
async def overview(
    request: Request, readable: access.Readable, user: GetUserDep, company: str | None = None
) -> ExactJson:
    """Connections, objects, marts and what the user may do, in one answer; what cannot be told now is null."""
    objects, exports = scope.staged_objects(readable), scope.export_objects(readable)
    with_marts = dag_ids.PUBLISH_MARTS in readable
    ids = [dag_ids.STAGE + name for name in objects] + [dag_ids.EXPORT + name for name in exports]
    ids += [dag_ids.CHECK_CONNECTIONS, *([dag_ids.PUBLISH_MARTS] if with_marts else [])]
    dags, runs = await asyncio.gather(dags_of(request), runs_of(request, ids))
    exported = [run for run in runs if run["dag_id"].startswith(dag_ids.EXPORT)]
    known = await run_in_threadpool(_known, objects, company, exported)
    allowed = await run_in_threadpool(lambda: {i: access.may_trigger(user, i) for i in ids})
    now = datetime.now(UTC)
    rows = []
    for name in objects:
        dag_id = dag_ids.STAGE + name
        row = object_row(OBJECTS[name], known.states, known.settings, dags.get(dag_id), _of(runs, dag_id), now)
        rows.append({**row, "may_refresh": allowed[dag_id]})
    marts = None
    if with_marts:
        of_marts = _of(runs, dag_ids.PUBLISH_MARTS)
        may = allowed[dag_ids.PUBLISH_MARTS]
        marts = marts_row(known.marts, dags.get(dag_ids.PUBLISH_MARTS), of_marts, may_refresh=may)
    check = dags.get(dag_ids.CHECK_CONNECTIONS)
    return ExactJson(
        {
            "connections": [
                {**row, "conn_id": connection_of(row["kind"], row["company_code"], known.settings)}
                for row in known.connections
            ],
            "objects": rows,
            "marts": marts,
            "problems": known.problems,
            "checking": active(_of(runs, dag_ids.CHECK_CONNECTIONS)) is not None,
            "check_paused": bool(check and check["is_paused"]),
            "may_check": allowed[dag_ids.CHECK_CONNECTIONS],
            "quiet_until": known.settings.quiet.until(now),
            "load": {
                "queries_at_a_time": known.settings.infolink.queries_at_a_time,
                "quiet_hours": known.settings.quiet_hours,
                "timezone": known.settings.timezone,
            },
            "now": now,
        }
    )


@router.get("/api/me")
def me(user: GetUserDep, readable: access.Readable) -> ExactJson:
    """Who asks, what they may do, and which companies there are."""
    settings = load_settings()
    return ExactJson(
        {
            "name": user.get_name(),
            "approver": access.may_approve(user),
            "import_approver": access.may_approve_imports(user),
            "companies": [{"code": c.code, "name": c.name} for c in settings.companies],
            "imports": [{"name": n, "title": OBJECTS[n].title} for n in scope.staged_objects(readable)],
            "exports": [{"name": n, "title": n.replace("_", " ").capitalize()} for n in scope.export_objects(readable)],
            "into_procore": [
                {"name": n, "title": n.replace("_", " ").capitalize()} for n in scope.imported_objects(readable)
            ],
            "job_cost": dag_ids.PUBLISH_MARTS in readable,
        }
    )


@router.get("/api/connections")
def connection_details(readable: access.Readable, company: str | None = None) -> ExactJson:
    """What the last check noticed: services, differences and what has to be done, columns, and facts."""
    scope.require_dag(readable, dag_ids.CHECK_CONNECTIONS)
    companies = scope.companies(company)
    with open_warehouse() as warehouse:
        services = warehouse.rows("connection_services", companies=companies)
        findings = warehouse.rows("connection_findings", companies=companies)
        columns = warehouse.rows("connection_columns", companies=companies)
        facts = warehouse.rows("connection_facts", companies=companies)
    services = [{**row, "why": sentences(row["reason"], remedy(row["remedy"]))} for row in services]
    told = [
        {
            **row,
            "detail": sentences(row["detail"]),
            "affects": sentences(row["affects"]),
            "remedy": remedy(row["remedy"]),
        }
        for row in findings
    ]
    return ExactJson({"services": services, "findings": told, "columns": columns, "facts": facts})


@router.post("/api/check-connections")
async def check_connections(request: Request, asked: CheckRequest, user: GetUserDep) -> ExactJson:
    """Start the DAG that tries every connection, with the user's own rights.

    Raises:
        HTTPException: 403 where the user may not; 409 where it runs already, or is paused.
    """
    run = await start(request, user, dag_ids.CHECK_CONNECTIONS, [], resume=asked.resume)
    return ExactJson({"run_id": run["dag_run_id"], "state": run["state"]})


@router.post("/api/refresh")
async def refresh(request: Request, asked: Refresh, readable: access.Readable, user: GetUserDep) -> ExactJson:
    """Start the DAG of an object, with the user's own rights.

    Raises:
        HTTPException: 403 where the user may not; 409 where it runs already, or is paused.
    """
    scope.staged_objects(readable, asked.object)
    run = await start(request, user, dag_ids.STAGE + asked.object, asked.companies, resume=asked.resume)
    return ExactJson({"run_id": run["dag_run_id"], "state": run["state"]})


def _of(runs: list[Any], dag_id: str) -> list[Any]:
    return [run for run in runs if run["dag_id"] == dag_id]


def _known(objects: list[str], company: str | None, exported: list[Any]) -> _Known:
    """What the warehouse and the settings tell; where one of them does not, the other does all the same."""
    companies, variable = scope.companies(company), Variable.get(SCHEDULES_VARIABLE, default_var=None)
    settings, (_, wrong) = in_force(load_settings(), variable, OBJECTS.values()), overrides(variable, OBJECTS)
    problems = [problem(error) for error in wrong]
    try:
        with open_warehouse() as warehouse:
            states = warehouse.rows("table_states", companies=companies, **scope.tables_of(objects))
            linked = connections(warehouse, companies, exported)
            return _Known(linked, settings, problems, states, marts_states(warehouse, companies))
    except SpectrumEtlError as error:
        return _Known(unreachable(error), settings, problems)
