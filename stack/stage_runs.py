"""Starts the DAGs of the demo in a local Airflow, and follows them to their end."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from spectrum_etl.staging.objects import OBJECTS
from stack.airflow import LocalAirflow
from stack.airflow_api import AirflowApi, JsonObject
from stack.errors import StackError
from stack.patience import Patience
from stack.progress import Board, DagProgress

#: All staging DAGs; what others refer to comes first, and all of them may run at once.
STAGE_DAGS = tuple(obj.dag_id for obj in OBJECTS.values())
# What the page's job cost view reads.
MARTS_DAG = "publish_marts"
_ENDED = ("success", "failed")
_DONE = ("success", "failed", "skipped", "upstream_failed", "removed")
_SHOWN = ("running", "up_for_retry", "deferred", "awaiting_input")
_DAG_PROCESSOR = "dag-processor"
_TOO_SLOW = "DagBag import timeout"
_SCHEDULED_SECONDS = 120
_POLL_SECONDS = 0.5
_REASON_LINES = 12


@dataclass(frozen=True)
class FollowedRun:
    """One run of one DAG."""

    dag_id: str
    run_id: str


def wait_until_parsed(airflow: LocalAirflow, dag_ids: Sequence[str]) -> None:
    """Wait until Airflow knows the DAGs, as long as its DAG processor is at work.

    Args:
        airflow: a running one.
        dag_ids: DAGs that have to be there.

    Raises:
        StackError: a DAG file cannot be imported, or the DAG processor died or does nothing and a DAG is not there.
    """
    api, patience = airflow.api(), Patience(airflow.work)
    while missing := sorted(set(dag_ids) - api.dags().keys()):
        errors = api.import_errors()
        # A file that took too long is parsed again by itself.
        if broken := [error for error in errors if _TOO_SLOW not in error["stack_trace"]]:
            names = "\n".join(f"  {error['filename']}: {_last_line(error['stack_trace'])}" for error in broken)
            raise StackError(f"Airflow cannot import these DAG files:\n{names}")
        lacking = f"Airflow does not know {', '.join(missing)}"
        if not airflow.find(_DAG_PROCESSOR):
            raise StackError(f"{lacking}: its {_DAG_PROCESSOR} died\nlogs: {airflow.logs}")
        if stuck := patience.over(_DAG_PROCESSOR):
            raise StackError(f"{lacking}: {stuck}\nlogs: {airflow.logs}")
        time.sleep(_POLL_SECONDS)


def end_leftovers(api: AirflowApi, dag_ids: Sequence[str], say: Callable[[str], None]) -> None:
    """Fail the runs that a killed Airflow left behind as running: they would hold up the next ones for minutes.

    Args:
        api: an admin's client of an Airflow that has just been started.
        dag_ids: DAGs to look at; those Airflow does not know yet have no runs.
        say: told what is happening.
    """
    for dag_id in [dag_id for dag_id in dag_ids if dag_id in api.dags()]:
        for run in api.runs(dag_id, state="running"):
            say(f"{dag_id}: ending run {run['dag_run_id']}, whose tasks were stopped")
            api.fail_run(dag_id, run["dag_run_id"])


def start_runs(api: AirflowApi, dag_ids: Sequence[str], say: Callable[[str], None]) -> list[FollowedRun]:
    """Unpause the DAGs and have each run once.

    A DAG that is unpaused for the first time runs for its last schedule at once: that run is followed, instead of
    starting a second one beside it. The others are triggered.

    Args:
        api: an admin's client.
        dag_ids: the DAGs, in the order to start them.
        say: told what is happening.
    """
    named = dag_ids[0] if len(dag_ids) == 1 else f"{len(dag_ids)} DAGs"
    say(f"unpausing and starting {named}")
    known = api.dags()
    now = datetime.now(UTC)
    due = {dag_id for dag_id in dag_ids if known[dag_id]["is_paused"] and _is_due(known[dag_id], now)}
    for dag_id in dag_ids:
        api.set_paused(dag_id, False)
    runs = {dag_id: api.trigger(dag_id) for dag_id in dag_ids if dag_id not in due}
    deadline = time.monotonic() + _SCHEDULED_SECONDS
    for dag_id in due:
        while not (scheduled := api.runs(dag_id, run_type="scheduled")) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        runs[dag_id] = scheduled[0]["dag_run_id"] if scheduled else api.trigger(dag_id)
    return [FollowedRun(dag_id, runs[dag_id]) for dag_id in dag_ids]


def follow(api: AirflowApi, runs: Sequence[FollowedRun], board: Board) -> list[FollowedRun]:
    """Show the runs until all have ended.

    Args:
        api: an admin's client.
        runs: what to follow.
        board: where to show it.

    Returns:
        The runs that failed.
    """
    ids = {run.dag_id: run.run_id for run in runs}
    told: set[tuple[str, str]] = set()
    while True:
        states = api.run_states(ids)
        tasks = api.tasks_of(ids)
        for task in tasks:
            if task["state"] == "up_for_retry" and (task["dag_id"], task["task_id"]) not in told:
                told.add((task["dag_id"], task["task_id"]))
                board.tell(f"{task['dag_id']}, task {task['task_id']} will be tried again: {_reason(api, task, 1)}")
        shown = {
            dag_id: _progress(states[dag_id], [task for task in tasks if task["dag_id"] == dag_id]) for dag_id in ids
        }
        board.show(shown)
        if all(dag.state in _ENDED for dag in shown.values()):
            return [run for run in runs if shown[run.dag_id].state == "failed"]
        time.sleep(_POLL_SECONDS)


def failure(api: AirflowApi, run: FollowedRun, airflow_home: Path) -> str:
    """Return which task of a failed run failed first, why, and where its log is.

    Args:
        api: an admin's client.
        run: the run.
        airflow_home: where Airflow keeps its logs.
    """
    failed = [task for task in api.task_instances(run.dag_id, run.run_id) if task["state"] == "failed"]
    if not failed:
        return f"{run.dag_id} failed without a failed task: see {airflow_home / 'logs'} and .run/logs/"
    task = min(failed, key=lambda instance: instance["end_date"] or "")
    folder = airflow_home / "logs" / f"dag_id={run.dag_id}" / f"run_id={run.run_id}" / f"task_id={task['task_id']}"
    if task["map_index"] >= 0:
        folder = folder / f"map_index={task['map_index']}"
    reason = _reason(api, task, _REASON_LINES)
    return f"{run.dag_id}, task {task['task_id']}:\n{reason}\nlog: {folder}/attempt={task['try_number']}.log"


def _reason(api: AirflowApi, task: JsonObject, most: int) -> str:
    """Return the last lines of a task's log that tell of an error, or just its last ones."""
    lines = [line for line in api.log(task) if line and not line.startswith("::")]
    telling = [line for line in lines if "rror" in line or "xception" in line] or lines
    return "\n".join("\n".join(telling).splitlines()[-most:])


def _is_due(dag: JsonObject, now: datetime) -> bool:
    due: str | None = dag.get("next_dagrun_run_after")
    return due is not None and datetime.fromisoformat(due) <= now


def _progress(run: JsonObject, tasks: Sequence[JsonObject]) -> DagProgress:
    now = [_name(task) for task in tasks if task["state"] in _SHOWN]
    done = sum(task["state"] in _DONE for task in tasks)
    return DagProgress(run["state"], done, len(tasks), ", ".join(now[:3]), _seconds(run))


def _name(task: JsonObject) -> str:
    label = task["rendered_map_index"] or (str(task["map_index"]) if task["map_index"] >= 0 else "")
    suffix = "" if task["state"] == "running" else f" ({task['state'].replace('_', ' ')})"
    return task["task_id"] + (f" {label}" if label else "") + suffix


def _seconds(run: JsonObject) -> float:
    if not run["start_date"]:
        return 0
    end = datetime.fromisoformat(run["end_date"]) if run["end_date"] else datetime.now(UTC)
    return (end - datetime.fromisoformat(run["start_date"])).total_seconds()


def _last_line(trace: str) -> str:
    """What a traceback says in the end: the error itself."""
    return next((line.strip() for line in reversed(trace.splitlines()) if line.strip()), "no reason is given")
