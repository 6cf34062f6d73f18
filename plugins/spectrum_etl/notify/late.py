"""Tells that a sync is late: what Airflow's triggerer calls when a run has not ended in time. Used by the staging DAGs.

Airflow's deadline alerts: https://airflow.apache.org/docs/apache-airflow/stable/howto/deadline-alerts.html.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from spectrum_etl.notify.message import Message, run_link
from spectrum_etl.operation_settings import Notifications

log = logging.getLogger(__name__)

#: A run that has ended was told about already.
_ENDED = ("success", "failed")


def late_alert(settings: Notifications) -> DeadlineAlert | None:
    """The deadline of a scheduled sync; None where the settings have none.

    It counts from the moment at which Airflow queues the run, not from its logical date: the first run after a DAG was
    paused has one that is long past, and is not late.

    Args:
        settings: how many minutes it has.
    """
    if settings.late_after_minutes is None:
        return None
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(minutes=settings.late_after_minutes),
        callback=AsyncCallback(sync_is_late, kwargs={"minutes": settings.late_after_minutes}),
        name="late",
    )


async def sync_is_late(minutes: int, context: Any) -> None:
    """Tell it by the channels of the settings.

    Args:
        minutes: how long the run had.
        context: Airflow's: `dag_run` is used.
    """
    # Settings, connections and channels block, which the triggerer's event loop must not.
    await asyncio.to_thread(_tell, minutes, dict(context["dag_run"]))


def message_of(minutes: int, run: dict[str, Any]) -> Message | None:
    """What is told of a late run; None where it has ended meanwhile.

    Args:
        minutes: how long it had.
        run: `dag_id`, `dag_run_id`, `state`, `queued_at` and `conf`, as Airflow's REST API names them.
    """
    if run.get("state") in _ENDED:
        return None
    dag_id, run_id = str(run["dag_id"]), str(run["dag_run_id"])
    companies = (run.get("conf") or {}).get("companies")
    of = f" of company {', '.join(companies)}" if companies else ""
    lines = (
        f"{dag_id}{of} was queued at {run.get('queued_at')} and is {run.get('state')} after {minutes} minutes.",
        "What was staged before is untouched, and gets older until the run ends.",
    )
    remedy = (
        "open the run in Airflow and see which task it is at: one that waits for a slot needs a larger pool or fewer"
        " syncs at a time; one that reads waits for Spectrum (trigger check_connections); notifications in"
        " include/settings.yaml say how long a sync may take"
    )
    return Message(("late",), f"{dag_id}: the sync is late", lines, remedy, run_link(dag_id, run_id))


def _tell(minutes: int, run: dict[str, Any]) -> None:
    from spectrum_etl.notify.deliver import deliver
    from spectrum_etl.settings import load_settings

    message = message_of(minutes, run)
    if message is not None:
        deliver(message, load_settings().notifications)
