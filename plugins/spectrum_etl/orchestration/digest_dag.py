"""The DAG of the daily digest."""

from __future__ import annotations

import logging
from typing import Any

from airflow.sdk import DAG, Param, Variable, get_current_context, task

from spectrum_etl.model import dag_ids
from spectrum_etl.orchestration.address import airflow_url
from spectrum_etl.orchestration.dag_defaults import daily, make_dag, refuse_unknown_fields
from spectrum_etl.settings import SCHEDULES_VARIABLE, in_force
from spectrum_etl.settings.schedules import overrides
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.objects import OBJECTS

log = logging.getLogger(__name__)


def digest_dag(doc: str | None) -> DAG:
    """Make the DAG `daily_digest`.

    Args:
        doc: documentation for the operator: the DAG file's docstring.
    """
    settings = load_settings()
    with make_dag(
        dag_ids.DAILY_DIGEST,
        "Once a day: what waits for a person, and objects that are out of date",
        doc,
        settings,
        # After the daily syncs and their comparison with the source.
        schedule=daily(settings, 2),
        tags=["spectrum", "operations", "notifications"],
        params={
            "test": Param(
                False,
                type="boolean",
                title="Test",
                description="Send a test message by every channel of the settings, and nothing else. Fails with what is"
                " wrong if one of them does not take it.",
            ),
        },
    ) as dag:
        _tasks()
    return dag


def _tasks() -> None:
    @task(pool="warehouse")
    def tell() -> dict[str, Any]:
        """Read the warehouse, and send the digest and what is stale by the channels of the settings."""
        from spectrum_etl.notify.deliver import deliver, try_channels
        from spectrum_etl.notify.digest import digest_message, read_state, remember_notified
        from spectrum_etl.notify.stale import stale_lines, stale_message
        from spectrum_etl.warehouse.connect import warehouse_url

        now, context = load_settings(), get_current_context()
        refuse_unknown_fields(context)
        if context["params"]["test"]:
            return {"test": try_channels(now.notifications)}
        state = read_state(warehouse_url(), [company.code for company in now.companies])
        override = Variable.get(SCHEDULES_VARIABLE, default=None)
        stale = stale_lines(state.freshness, in_force(now, override, OBJECTS.values()))
        digest = digest_message(state, stale, overrides(override, OBJECTS)[1], airflow_url())
        sent: dict[str, Any] = {}
        for name, message in (("stale", stale_message(stale)), ("digest", digest)):
            log.info("%s: %s", name, message.text if message else "nothing to tell")
            sent[name] = deliver(message, now.notifications) if message else []
        if sent["digest"]:
            remember_notified(warehouse_url(), state)
        return sent

    tell()
