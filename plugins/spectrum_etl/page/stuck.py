"""Records that stand still: accepted and not done, while no task of Airflow works on them or is about to.

Their state alone does not show it: a task that failed for good, was stopped or was deleted leaves a record as it was.
Airflow says which tasks there are; the warehouse, whether somebody holds the lock of a record at this moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import HTTPException, Request

from spectrum_etl.exports.records.locks import SEND_LOCK
from spectrum_etl.model import dag_ids
from spectrum_etl.page.airflow_api import call
from spectrum_etl.page.reads import Row, Warehouse

#: From the answer to the first task that sends, Airflow's scheduler takes its time; no task is scheduled meanwhile.
SETTLES = timedelta(minutes=1)
#: Records that are looked at, those that are under way for longest first.
MAX_RECORDS = 500
#: States of a task instance that works, or will without anybody's doing.
_WORKS = ("running", "queued", "scheduled", "restarting", "up_for_retry", "up_for_reschedule")
_ASKS, _SENDS, _COLLECTS = "record.approve", "record.send", "collect"
_PAGE, _PAGES = 100, 10
_LOST = (
    "The answer to a call was lost, and nothing looks up what became of it: the task that was to has ended. Spectrum"
    " may have executed the call."
)
_LEFT = (
    "It was accepted, and nothing sends it any further: the task that was to has failed, was stopped or was deleted."
)

Key = tuple[str, str, str, str]


def key_of(row: Mapping[str, Any]) -> Key:
    """What tells a record from others."""
    return row["object_name"], row["company_code"], row["project_id"], row["record_id"]


def under_way(
    warehouse: Warehouse, objects: list[str], companies: list[str], project: str | None, record: str | None = None
) -> list[Row]:
    """The records that were accepted and are not done.

    Args:
        project, record: only those of a project, only one; None for all.
    """
    return warehouse.rows(
        "under_way", objects=objects, companies=companies, project=project, record=record, limit=MAX_RECORDS,
        send_lock=SEND_LOCK,
    )  # fmt: skip


async def stuck_records(request: Request, rows: Iterable[Row]) -> dict[Key, dict[str, Any]]:
    """Which of some records stand still.

    Args:
        rows: of `under_way`.

    Returns:
        By record: `since`, and `why` in words. Nothing where Airflow does not let the user see tasks: what is not known
        is not claimed.
    """
    settled = datetime.now(UTC) - SETTLES
    suspects = [row for row in rows if not row["is_locked"] and row["changed_at"] < settled]
    if not suspects:
        return {}
    try:
        tasks = await _tasks_at_work(request, sorted({dag_ids.EXPORT + row["object_name"] for row in suspects}))
    except HTTPException:
        return {}
    return {
        key_of(row): {"since": row["changed_at"], "why": _LOST if row["state"] == "unknown" else _LEFT}
        for row in suspects
        if not any(_works_on(task, row) for task in tasks)
    }


async def _tasks_at_work(request: Request, dag_ids: list[str]) -> list[Any]:
    body = {"dag_ids": dag_ids, "task_ids": [_ASKS, _SENDS, _COLLECTS], "state": list(_WORKS)}
    return await pages_of(request, "dags/~/dagRuns/~/taskInstances/list", body, "task_instances")


async def pages_of(request: Request, path: str, body: Mapping[str, Any], name: str) -> list[Any]:
    """Everything that a list of Airflow's API holds, as far as it is looked at.

    Args:
        path: of the list, asked by POST.
        body: what it is narrowed to.
        name: of the list in the answer.
    """
    found: list[Any] = []
    for page in range(_PAGES):
        answer = await call(request, "POST", path, body={**body, "page_limit": _PAGE, "page_offset": page * _PAGE})
        found += answer[name]
        if len(found) >= (answer.get("total_entries") or 0) or not answer[name]:
            break
    return found


def _works_on(task: Mapping[str, Any], row: Row) -> bool:
    """Whether a task works on a record, or may be about to."""
    if task["dag_id"] != dag_ids.EXPORT + row["object_name"]:
        return False
    if task["task_id"] == _COLLECTS:
        return True  # a run that begins takes up what others left
    if task["dag_run_id"] == row["sent_run_id"]:
        return bool(task["map_index"] == row["sent_map_index"])
    # In a later run it has another number; the name in Airflow's grid is its title, and comes when the task runs.
    named = task.get("rendered_map_index")
    return named is None or named == str(task["map_index"]) or row["title"].startswith(named.rstrip("…"))
