"""How new the marts are, which the job cost view reads, and a button that computes them. Routes of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from spectrum_etl.marts.spec import MARTS, SOURCES
from spectrum_etl.model import dag_ids
from spectrum_etl.page import access, scope
from spectrum_etl.page.airflow_api import call, part
from spectrum_etl.page.answers import ExactJson
from spectrum_etl.page.reads import Row, Warehouse, open_warehouse
from spectrum_etl.page.runs import active, ended, run_row, runs_of, start

router = APIRouter()


class Compute(BaseModel):
    """What is computed.

    Args:
        companies: company codes; empty means all.
        resume: unpause the DAG first where it is paused.
    """

    companies: list[str] = []
    resume: bool = False


@router.get("/api/marts")
async def marts(request: Request, readable: access.Readable, user: GetUserDep, company: str | None = None) -> ExactJson:
    """How new the marts are, and whether they are being computed."""
    scope.require_dag(readable, dag_ids.PUBLISH_MARTS)
    dag = await call(request, "GET", f"dags/{part(dag_ids.PUBLISH_MARTS)}")
    runs = await runs_of(request, [dag_ids.PUBLISH_MARTS])
    states = await run_in_threadpool(_read, company)
    allowed = await run_in_threadpool(access.may_trigger, user, dag_ids.PUBLISH_MARTS)
    return ExactJson(marts_row(states, dag, runs, may_refresh=allowed))


@router.post("/api/marts/refresh")
async def compute(request: Request, asked: Compute, readable: access.Readable, user: GetUserDep) -> ExactJson:
    """Start the DAG that computes the marts, with the user's own rights.

    Raises:
        HTTPException: 403 where the user may not; 409 where it runs already, or is paused.
    """
    scope.require_dag(readable, dag_ids.PUBLISH_MARTS)
    run = await start(request, user, dag_ids.PUBLISH_MARTS, asked.companies, resume=asked.resume)
    return ExactJson({"run_id": run["dag_run_id"], "state": run["state"]})


def marts_states(warehouse: Warehouse, companies: list[str]) -> list[Row]:
    """One row a company: when its marts were computed, and how many syncs they have not taken in."""
    return warehouse.rows(
        "marts_state", companies=companies, marts=[mart.name for mart in MARTS], sources=list(SOURCES)
    )


def marts_row(
    states: Sequence[Row] | None, dag: Mapping[str, Any] | None, runs: Sequence[Any], *, may_refresh: bool
) -> Row:
    """How the marts stand, over all companies that are looked at.

    Args:
        states: of `marts_states`; None where the warehouse does not answer.
        dag: `publish_marts` as Airflow's API gives it; None where Airflow does not know it.
        runs: its runs, the newest first.
        may_refresh: whether the user may start it.

    Returns:
        `known`, `computed_at` (of the company that was computed longest ago; null: never), `missing` (companies that
        never were), `waiting` (syncs that are not in them), `paused`, `running`, `failed`, `may_refresh`.
    """
    computed = [row["computed_at"] for row in states or () if row["computed_at"]]
    last = ended(list(runs))
    now = active(list(runs))
    return {
        "known": states is not None,
        "computed_at": min(computed, default=None),
        "missing": [row["company_code"] for row in states or () if not row["computed_at"]],
        "waiting": None if states is None else sum(row["waiting"] for row in states),
        "paused": bool(dag and dag["is_paused"]),
        "running": run_row(now) if now else None,
        "failed": bool(last and last["state"] == "failed"),
        "may_refresh": may_refresh,
    }


def _read(company: str | None) -> list[Row]:
    with open_warehouse() as warehouse:
        return marts_states(warehouse, scope.companies(company))
