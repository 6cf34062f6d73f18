"""The DAG that looks for late syncs."""

from __future__ import annotations

import logging

from airflow.sdk import DAG, Variable, get_current_context, task

from spectrum_etl.model import dag_ids
from spectrum_etl.orchestration.address import airflow_url
from spectrum_etl.orchestration.dag_defaults import make_dag, refuse_unknown_fields
from spectrum_etl.settings import SCHEDULES_VARIABLE, in_force
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.objects import OBJECTS

log = logging.getLogger(__name__)

#: Often enough for a sync that is hourly, and a task of a second.
EVERY_15_MINUTES = "*/15 * * * *"


def watch_dag(doc: str | None) -> DAG:
    """Make the DAG `watch_syncs`; it has no schedule where the settings want no late syncs reported.

    Args:
        doc: documentation for the operator: the DAG file's docstring.
    """
    settings = load_settings()
    with make_dag(
        dag_ids.WATCH_SYNCS,
        "Every 15 minutes: reports which syncs are late",
        doc,
        settings,
        schedule=None if settings.notifications.late_after_minutes is None else EVERY_15_MINUTES,
        tags=["spectrum", "operations", "notifications"],
    ) as dag:
        # In Airflow's own pool: in one of those that late syncs fill it would wait behind them.
        @task(pool="default_pool")
        def look() -> list[str]:
            """Compare the syncs that ran with their schedules; notify of those that are late."""
            from spectrum_etl.notify.late import notify_late
            from spectrum_etl.warehouse.connect import warehouse_url

            refuse_unknown_fields(get_current_context())
            override = Variable.get(SCHEDULES_VARIABLE, default=None)
            late = notify_late(warehouse_url(), in_force(load_settings(), override, OBJECTS.values()), airflow_url())
            log.info("%s", "\n".join(late) or "no sync is late")
            return late

        look()
    return dag
