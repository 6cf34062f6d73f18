"""What the tasks of the export DAGs do, and what they share: names and states of task instances, asking again.

Imported when a task runs: a DAG file must not import what this module does.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NoReturn

from airflow.sdk import Context
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowRescheduleException,
    AirflowSkipException,
    DagRunTriggerException,
)

from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.records.queue import QueueRow
from spectrum_etl.exports.records.settling import Unsettled
from spectrum_etl.exports.spec import RecordFilter
from spectrum_etl.exports.steps.answer import release_unanswered
from spectrum_etl.exports.steps.collect import collect
from spectrum_etl.exports.steps.frozen import report_drift
from spectrum_etl.exports.steps.preview import preview
from spectrum_etl.exports.steps.report import Tasks, report
from spectrum_etl.exports.steps.send import send_record
from spectrum_etl.exports.steps.take_out import take_out
from spectrum_etl.exports.systems import systems_from_airflow
from spectrum_etl.model.display import visible
from spectrum_etl.model.record import RecordId
from spectrum_etl.model.run import Instance, clean_codes
from spectrum_etl.orchestration.approval import APPROVAL, SENDING
from spectrum_etl.orchestration.creators import notify_creators
from spectrum_etl.orchestration.dag_defaults import refuse_unknown_fields
from spectrum_etl.orchestration.grid import grid_name
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.warehouse.connect import warehouse_url

log = logging.getLogger(__name__)

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


def collect_records(object_name: str, context: Context) -> list[dict[str, str]]:
    """Collect, or take out, what the trigger form names; the records to ask about."""
    refuse_unknown_fields(context)
    params, obj, now = context["params"], EXPORTS[object_name], load_settings()
    only = RecordFilter(clean_codes(params["projects"]), clean_codes(params["records"]))
    limit = min(now.exports.max_records_per_run, conf.getint("core", "max_map_length"))
    items: list[dict[str, str]] = []
    waits, run_id = TaskStates(context).still_waits, str(context["run_id"])
    for code in clean_codes(params["companies"]):
        with systems_from_airflow(code, now, remember=True) as systems:
            if params["take_out"]:
                by = getattr(context["dag_run"], "triggering_user_name", None) or "unknown"
                log.info("\n".join(take_out(systems, obj, only, by, run_id)))
                continue
            found = collect(systems, obj, only, run_id, limit - len(items), waits)
            if params["dry_run"]:
                log.info("company %s, dry run: this would be written\n%s", code, preview(systems, obj, found.chosen))
            else:
                items += as_items(found.chosen)
    return items


def send_accepted(object_name: str, context: Context, record: Mapping[str, str]) -> str:
    """Send one record; the state it ended in, where that is `linked`.

    Raises:
        AirflowRescheduleException: it is not settled yet what became of an attempt.
        DagRunTriggerException: it has to be asked again.
        AirflowFailException: it failed.
        AirflowSkipException: it was not sent.
    """
    context["record_name"] = record["title"]  # type: ignore[typeddict-unknown-key]
    id = RecordId(record["company"], record["project"], record["record"])
    obj, run_id = EXPORTS[object_name], str(context["run_id"])
    try:
        with systems_from_airflow(id.company, load_settings()) as systems:
            outcome = send_record(systems, obj, id, run_id)
            asked = replace(this_instance(context), task_id=APPROVAL)
            unanswered = outcome.state in ("waiting", "ready") and release_unanswered(systems, obj, id, asked, run_id)
    except Unsettled as wait:
        log.warning("%s", wait)
        raise AirflowRescheduleException(wait.until) from None
    log.info("%s: %s. %s", record["title"], outcome.state, outcome.reason)
    if outcome.ask_again or unanswered:
        ask_again(context, id)
    if outcome.state == "failed":
        raise AirflowFailException(outcome.reason)
    if outcome.state != "linked":
        raise AirflowSkipException(outcome.reason or str(outcome.state))
    return outcome.state


def report_records(object_name: str, context: Context, records: Sequence[Mapping[str, str]] | None) -> dict[str, int]:
    """Report a run; how many records ended in which state.

    Raises:
        AirflowFailException: a person must look at some.
    """
    this, states = this_instance(context), TaskStates(context)

    def of_record(place: int) -> tuple[str | None, str | None]:
        asked, sent = (replace(this, task_id=name, map_index=place) for name in (APPROVAL, SENDING))
        return states.of(asked)[1], states.of(sent)[1]

    tasks = Tasks(states.still_waits, lambda run_id: states.any_alive(this.dag_id, run_id, SENDING), of_record)
    found = report(warehouse_url(), object_name, this, records, tasks)
    log.info("%s: %s\n%s", object_name, found.summary, found.table)
    # What an approval that was killed between its answer and the e-mail has left.
    notify_creators(object_name, this.dag_id, this.run_id)
    if found.bad:
        raise AirflowFailException(
            f"{object_name}: {found.problem}. What to do: fix what each reason names and trigger the export"
            " again; it continues what is under way, and the failed records that its form names"
        )
    return dict(found.counts)


def report_changed(object_name: str, context: Context) -> int:
    """Report exported records that Procore has changed since; how many."""
    refuse_unknown_fields(context)
    count, settings = 0, load_settings()
    for code in clean_codes(context["params"]["companies"]):
        with systems_from_airflow(code, settings) as systems:
            count += report_drift(systems, EXPORTS[object_name])
    return count


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


def as_items(rows: Sequence[QueueRow]) -> list[dict[str, str]]:
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
