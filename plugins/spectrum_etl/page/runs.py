"""Starts runs of DAGs with the rights of the user who asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import HTTPException, Request, status
from fastapi.concurrency import run_in_threadpool

from spectrum_etl.page import access, scope
from spectrum_etl.page.airflow_api import call, part
from spectrum_etl.page.reads import Row

_ACTIVE = frozenset({"queued", "running"})
#: Runs of the asked DAGs that are looked at; the newest, so every active one is among them.
_RUNS = 100


async def start(
    request: Request,
    user: GetUserDep,
    dag_id: str,
    companies: list[str],
    *,
    resume: bool,
    busy: bool = True,
    form: Mapping[str, Any] | None = None,
) -> Any:
    """Start a run of a DAG.

    Args:
        request: what the page was asked.
        user: who asks.
        dag_id: the DAG.
        companies: company codes for its form; empty leaves the form's default.
        resume: unpause the DAG first where it is paused.
        busy: whether a run that is under way stands in the way.
        form: further fields of its form.

    Returns:
        The run, as Airflow's API gives it.

    Raises:
        HTTPException: 403 where the user may not; 409 where it is paused or runs already; else what Airflow refuses.
    """
    if not await run_in_threadpool(access.may_trigger, user, dag_id):
        raise HTTPException(status.HTTP_403_FORBIDDEN, f"You may not start {dag_id}: ask an administrator of Airflow.")
    dag = await call(request, "GET", f"dags/{part(dag_id)}")
    if dag["is_paused"] and not resume:
        detail = {"message": f"{dag_id} is paused in Airflow: nothing would run. Resume it.", "paused": True}
        raise HTTPException(status.HTTP_409_CONFLICT, detail)
    if busy and active(await runs_of(request, [dag_id])):
        raise HTTPException(status.HTTP_409_CONFLICT, f"{dag_id} runs already. It shows its result when it ends.")
    if dag["is_paused"]:
        body = {"is_paused": False}
        await call(request, "PATCH", f"dags/{part(dag_id)}", body=body, query={"update_mask": "is_paused"})
    codes = {"companies": [scope.company_code(code) for code in companies]} if companies else {}
    conf = {**codes, **(form or {})}
    return await call(request, "POST", f"dags/{part(dag_id)}/dagRuns", body={"logical_date": None, "conf": conf})


async def dags_of(request: Request) -> dict[str, Any]:
    """The DAGs of this package that the user may view, by id."""
    found = await call(request, "GET", "dags", query={"tags": "spectrum", "limit": 100})
    return {dag["dag_id"]: dag for dag in found["dags"]}


async def runs_of(request: Request, dag_ids: list[str]) -> list[Any]:
    """The newest runs of some DAGs, the newest first."""
    body = {"dag_ids": dag_ids, "order_by": "-run_after", "page_limit": _RUNS}
    found: list[Any] = (await call(request, "POST", "dags/~/dagRuns/list", body=body))["dag_runs"]
    return found


def run_row(run: Mapping[str, Any]) -> Row:
    """What the page tells of a run that is under way."""
    return {"run_id": run["dag_run_id"], "state": run["state"], "since": run["start_date"]}


def active(runs: list[Any]) -> Any:
    """The first of some runs that is queued or running, or None."""
    return next((run for run in runs if run["state"] in _ACTIVE), None)


def ended(runs: list[Any]) -> Any:
    """The first of some runs that has ended, or None."""
    return next((run for run in runs if run["state"] not in _ACTIVE), None)
