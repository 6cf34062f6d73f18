"""Lets the demo end with questions that wait for an approver, so that the page is alive at first look."""

import time

from stack.airflow_api import AirflowApi
from stack.errors import StackError
from stack.progress import Progress
from stack.stage_runs import start_runs

#: The export that the demo starts: it needs no other one before it.
QUESTIONS_DAG = "export_vendors"
_APPROVE = "record.approve"
_ENDED = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
_SECONDS = 180
_POLL_SECONDS = 1.0


def ask_approvers(api: AirflowApi, progress: Progress) -> int:
    """Start the export of vendors, which sends nothing by itself, and wait until all of its questions are asked.

    Args:
        api: an admin's client.
        progress: told what is happening.

    Returns:
        How many questions wait, those of earlier runs too.

    Raises:
        StackError: the run failed, or has not asked in time.
    """
    (run,) = start_runs(api, (QUESTIONS_DAG,), progress.say)
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        state = api.run_states({run.dag_id: run.run_id})[run.dag_id]["state"]
        if state == "failed":
            raise StackError(f"{QUESTIONS_DAG} failed, so nobody was asked: open the run {run.run_id} in Airflow")
        tasks = api.task_instances(run.dag_id, run.run_id)
        asked = [task["state"] for task in tasks if task["task_id"] == _APPROVE]
        if state == "success" or (asked and all(each in _ENDED or each == "awaiting_input" for each in asked)):
            return len(api.questions(QUESTIONS_DAG))
        time.sleep(_POLL_SECONDS)
    raise StackError(f"{QUESTIONS_DAG} has not asked anybody within {_SECONDS} s: open the run {run.run_id} in Airflow")
