"""### After job costs: what changed

An example to start from: copy it into `dags/`. It runs after every sync of job costs that publishes, and logs the jobs
and months that the sync wrote to; put your own work in the place of the log. Of a sync that found nothing changed, and
of a run that somebody triggers, there are none.

They are kept as long as their landing, which the retention of the settings says. A DAG that was paused for longer, or
that must not miss a sync whose worker died before it sent its event, reads all rows above the last landing that it has
worked on.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import Asset, dag, task

log = logging.getLogger(__name__)

#: What a publish updates; its events name the landing.
JOB_COSTS = Asset(name="spectrum.job_cost_transactions", group="spectrum")
CHANGED = """
    select company_code, job_number, partition_month
    from sync.changed_partitions
    where landing_id = any(%(landings)s)
    order by company_code, job_number, partition_month
"""


@dag(schedule=[JOB_COSTS], start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False, tags=["example"])
def after_job_costs() -> None:
    """Look at what a sync of job costs changed."""

    @task
    def what_changed(triggering_asset_events: Any = None) -> list[list[str]]:
        """Company, job and month (YYYYMM) of everything that was written since the last run of this DAG."""
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        events = (triggering_asset_events or {}).get(JOB_COSTS, [])
        # One that a person sends by hand names no landing.
        landings = [event.extra["landing_id"] for event in events if "landing_id" in event.extra]
        rows = PostgresHook("warehouse").get_records(CHANGED, parameters={"landings": landings})
        for company, job, month in rows:
            log.info("company %s: job %s has changed in %s", company, job, month)
        return [list(row) for row in rows]

    what_changed()


after_job_costs()
