"""Lets a task that reads Spectrum wait for the end of the quiet hours, without a slot of a worker or a pool (O2)."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowRescheduleException

from spectrum_etl.settings import Settings

log = logging.getLogger(__name__)


def are_quiet_hours(settings: Settings) -> bool:
    """Whether Spectrum is left alone now."""
    return settings.quiet.until(datetime.now(UTC)) is not None


def wait_for_quiet_hours(settings: Settings) -> None:
    """Go on outside of the quiet hours; inside them come back at their end. What reads already is not interrupted.

    Raises:
        AirflowRescheduleException: to Airflow, which starts the task again then.
    """
    until = settings.quiet.until(datetime.now(UTC))
    if until is not None:
        log.info("these are quiet hours, during which Spectrum is not queried: this task continues at %s", until)
        raise AirflowRescheduleException(until)


def wait_if_scheduled(context: Context, settings: Settings) -> None:
    """The same for a task of which somebody may want to see the result at once: only by its schedule does it wait."""
    if context["dag_run"].run_type == "scheduled":
        wait_for_quiet_hours(settings)
