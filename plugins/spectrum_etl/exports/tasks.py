"""What the export DAGs' tasks share: names and states of task instances, asking again, tables for the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from airflow.sdk import Context
from airflow.sdk.exceptions import DagRunTriggerException

from spectrum_etl.display import visible
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


class TaskStates:
    """Asks Airflow about task instances; each task of a run once.

    Args:
        context: of the task that asks.
    """

    def __init__(self, context: Context) -> None:
        self._ti = context["ti"]
        self._known: dict[tuple[str, str, str], Mapping[str, str | None]] = {}

    def of(self, instance: Instance) -> tuple[bool, str | None]:
        """Whether there is such a task instance, and its state."""
        states = self._states(instance.dag_id, instance.run_id, instance.task_id)
        name = instance.task_id if instance.map_index < 0 else f"{instance.task_id}_{instance.map_index}"
        return name in states, states.get(name)

    def still_waits(self, instance: Instance) -> bool:
        """Whether a task instance still waits for its approver, or works on the answer."""
        there, state = self.of(instance)
        return there and state in _ALIVE

    def any_alive(self, dag_id: str, run_id: str, task_id: str) -> bool:
        """Whether any instance of a mapped task of a run has not ended."""
        return any(state in _ALIVE for state in self._states(dag_id, run_id, task_id).values())

    def _states(self, dag_id: str, run_id: str, task_id: str) -> Mapping[str, str | None]:
        place = (dag_id, run_id, task_id)
        if place not in self._known:
            states = self._ti.get_task_states(dag_id=dag_id, run_ids=[run_id], task_ids=[task_id])
            self._known[place] = states.get(run_id, {})
        return self._known[place]


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
        {
            "company": row.id.company,
            "project": row.id.project,
            "record": row.id.record,
            "title": grid_name(visible(row.title)),
        }
        for row in rows
    ]


def as_text(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table for the log."""
    import pandas  # type: ignore[import-untyped]  # costs half a second: only where a table is written

    with pandas.option_context("display.max_colwidth", 200, "display.width", None):
        return pandas.DataFrame([list(row) for row in rows], columns=list(columns)).to_string(index=False)
