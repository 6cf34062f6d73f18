"""What the export DAGs' tasks share: names of task instances, asking anew, tables for the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from airflow.sdk import Context
from airflow.sdk.exceptions import DagRunTriggerException

from spectrum_etl.exports.queue import Instance, Row
from spectrum_etl.exports.spec import RecordId

#: Most characters of a name in the grid: Airflow's `rendered_map_index` is varchar(250).
GRID_NAME = 200
#: States of a task instance that has asked and may still take an answer; None: it was cleared and will run again.
_ALIVE = frozenset(
    {
        "awaiting_input",
        "deferred",
        "queued",
        "restarting",
        "running",
        "scheduled",
        "up_for_reschedule",
        "up_for_retry",
        None,
    }
)


def this_instance(context: Context) -> Instance:
    """The task instance that runs."""
    ti = context["ti"]
    map_index = -1 if ti.map_index is None else ti.map_index
    return Instance(ti.dag_id, ti.run_id, ti.task_id, map_index, ti.try_number)


def still_waits(context: Context) -> Callable[[Instance], bool]:
    """Asks Airflow whether a task instance still waits for its approver, or works on the answer."""
    known: dict[tuple[str, str, str], Mapping[str, str | None]] = {}

    def asked(instance: Instance) -> bool:
        place = (instance.dag_id, instance.run_id, instance.task_id)
        if place not in known:
            states = context["ti"].get_task_states(
                dag_id=instance.dag_id, run_ids=[instance.run_id], task_ids=[instance.task_id]
            )
            known[place] = states.get(instance.run_id, {})
        name = instance.task_id if instance.map_index < 0 else f"{instance.task_id}_{instance.map_index}"
        states_of_run = known[place]
        return name in states_of_run and states_of_run[name] in _ALIVE

    return asked


def ask_again(context: Context, id: RecordId) -> NoReturn:
    """End this task by triggering a run that asks about one record: Airflow shows a retried task's old question.

    Raises:
        DagRunTriggerException: always; Airflow triggers the run and lets the task succeed.
    """
    ti = context["ti"]
    raise DagRunTriggerException(
        trigger_dag_id=ti.dag_id,
        dag_run_id=f"ask_again__{ti.id}",
        conf={
            "companies": [id.company],
            "projects": [id.project] if id.project else [],
            "records": [id.record],
            "dry_run": False,
        },
        reset_dag_run=False,
        skip_when_already_exists=True,
        wait_for_completion=False,
        allowed_states=["success"],
        failed_states=["failed"],
        poke_interval=60,
        deferrable=False,
    )


def grid_name(title: str) -> str:
    """A name for Airflow's grid, which holds 250 characters and fails the task with a longer one after its work."""
    return title if len(title) <= GRID_NAME else f"{title[: GRID_NAME - 1]}…"


def as_items(rows: Sequence[Row]) -> list[dict[str, str]]:
    """Records as they walk to the mapped tasks: only where to look, and a name for the grid."""
    return [
        {"company": row.id.company, "project": row.id.project, "record": row.id.record, "title": grid_name(row.title)}
        for row in rows
    ]


def as_text(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table for the log."""
    import pandas  # type: ignore[import-untyped]  # costs half a second: only where a table is written

    with pandas.option_context("display.max_colwidth", 200, "display.width", None):
        return pandas.DataFrame([list(row) for row in rows], columns=list(columns)).to_string(index=False)
