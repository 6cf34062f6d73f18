"""Waiting records whose question takes no answer any more: the run or the task that asked has ended, or was deleted.

The warehouse still says that they wait. Only a new run of the export finds that out, and until somebody starts one,
nothing would happen; so they stand still. Airflow says which runs and tasks there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import HTTPException, Request, status

from spectrum_etl.page.airflow_api import call, part
from spectrum_etl.page.reads import Row, Warehouse
from spectrum_etl.page.stuck import SETTLES, Key, key_of, pages_of

#: Waiting records that are looked at, those that wait longest first.
MAX_RECORDS = 2000
#: States of a run that goes on.
_ACTIVE = ("running", "queued")
#: States of a task instance that has asked and is over. One that succeeded has its answer, and the run's next task.
_ENDED = ("failed", "upstream_failed", "removed", "skipped")
#: Ended runs of which it is asked how they ended; of more, it is only said that they did.
_NAMED = 10
_CLEARED = "The question was cleared, and its DAG is paused in Airflow: it takes no answer, and nobody asks a new one."
_NO_ANSWER = "so nobody takes an answer any more"

Run = tuple[str, str]


def waiting(warehouse: Warehouse, objects: list[str], companies: list[str], project: str | None) -> list[Row]:
    """The records that wait for an approver.

    Args:
        project: only those of a project; None for all.
    """
    return warehouse.rows("waiting", objects=objects, companies=companies, project=project, limit=MAX_RECORDS)


async def dead_questions(request: Request, rows: Iterable[Row]) -> dict[Key, dict[str, Any]]:
    """Which of some waiting records nobody can answer any more.

    Args:
        rows: waiting records, with their `asks_*`.

    Returns:
        By record: `since`, and `why` in words. Nothing where Airflow does not let the user see runs and tasks: what is
        not known is not claimed.
    """
    settled = datetime.now(UTC) - SETTLES
    suspects = [row for row in rows if row["asks_run_id"] and row["changed_at"] < settled]
    if not suspects:
        return {}
    try:
        active, ended, paused = await asyncio.gather(
            _active_runs(request, suspects), _tasks(request, suspects, _ENDED), _paused(request)
        )
        over = await _how_they_ended(request, {_run(row) for row in suspects} - active)
        cleared = await _tasks(request, [row for row in suspects if row["asks_dag_id"] in paused], (None,))
    except HTTPException:
        return {}
    found: dict[Key, dict[str, Any]] = {}
    for row in suspects:
        task, run = ended.get(_place(row)), over.get(_run(row))
        if run:
            found[key_of(row)] = {"since": row["changed_at"], "why": run}
        elif task and _ended_before(task, settled):
            why = f"The task that asked has ended ({_state(task)} in Airflow), {_NO_ANSWER}."
            found[key_of(row)] = {"since": task["end_date"] or row["changed_at"], "why": why}
        elif _place(row) in cleared:
            found[key_of(row)] = {"since": row["changed_at"], "why": _CLEARED}
    return found


async def _active_runs(request: Request, rows: list[Row]) -> set[Run]:
    body = {"dag_ids": sorted({row["asks_dag_id"] for row in rows}), "states": list(_ACTIVE)}
    runs = await pages_of(request, "dags/~/dagRuns/list", body, "dag_runs")
    return {(run["dag_id"], run["dag_run_id"]) for run in runs}


async def _tasks(request: Request, rows: list[Row], states: tuple[str | None, ...]) -> dict[tuple[Any, ...], Any]:
    """The task instances that asked and are in one of these states, by their place."""
    if not rows:
        return {}
    body = {
        "dag_ids": sorted({row["asks_dag_id"] for row in rows}),
        "dag_run_ids": sorted({row["asks_run_id"] for row in rows}),
        "task_ids": sorted({row["asks_task_id"] for row in rows}),
        "state": list(states),
    }
    tasks = await pages_of(request, "dags/~/dagRuns/~/taskInstances/list", body, "task_instances")
    return {(task["dag_id"], task["dag_run_id"], task["task_id"], task["map_index"]): task for task in tasks}


async def _paused(request: Request) -> set[str]:
    found = await call(request, "GET", "dags", query={"tags": "export", "paused": "true", "limit": 100})
    return {dag["dag_id"] for dag in found["dags"]}


async def _how_they_ended(request: Request, runs: set[Run]) -> dict[Run, str]:
    """Why nobody takes an answer, by run that is not active; a run that has become active since is left out."""
    found = dict.fromkeys(runs, f"The run that asked has ended, {_NO_ANSWER}.")
    for dag_id, run_id in sorted(runs)[:_NAMED]:
        try:
            run = await call(request, "GET", f"dags/{part(dag_id)}/dagRuns/{part(run_id)}")
        except HTTPException as error:
            if error.status_code != status.HTTP_404_NOT_FOUND:
                raise
            found[dag_id, run_id] = f"The run that asked was deleted in Airflow, {_NO_ANSWER}."
            continue
        if run["state"] in _ACTIVE:
            del found[dag_id, run_id]
        else:
            found[dag_id, run_id] = f"The run that asked has ended ({run['state']} in Airflow), {_NO_ANSWER}."
    return found


def _ended_before(task: Mapping[str, Any], moment: datetime) -> bool:
    """Whether it ended so long ago that the run's next task, which would ask again, should have come."""
    return not task["end_date"] or datetime.fromisoformat(task["end_date"]) < moment


def _state(task: Mapping[str, Any]) -> str:
    return str(task["state"]).replace("_", " ")


def _run(row: Row) -> Run:
    return row["asks_dag_id"], row["asks_run_id"]


def _place(row: Row) -> tuple[Any, ...]:
    return row["asks_dag_id"], row["asks_run_id"], row["asks_task_id"], row["asks_map_index"]
