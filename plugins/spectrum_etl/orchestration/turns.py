"""One query at a time on each Info-Link server (O2): who waits for long holds no slot of a worker.

A lock of the warehouse for each server holds it, whatever connections and logins lead there. The Airflow pool
`spectrum_infolink` bounds how many tasks start and wait for that lock, which they do for some seconds: while one
queries, the next one is ready, since starting a task takes longer than asking for what has not changed. Everybody else
is queued in Airflow and costs nothing. Who has waited so long in vain gives up worker and slot, and comes back some
seconds later, as in quiet hours.

The look-ups of exports are let through: an approver waits for them, and each asks for a few rows by their codes. So are
those by which a sync by web services, shown nothing, tells a wrong company from an empty one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk.exceptions import AirflowRescheduleException

from spectrum_etl.model import dag_ids
from spectrum_etl.settings import Settings
from spectrum_etl.staging.objects import OBJECTS

log = logging.getLogger(__name__)

POOL = "spectrum_infolink"
#: When a task comes back that has met the server taken. Each time costs its worker about two seconds.
_AGAIN = timedelta(seconds=10)
#: When a task comes back that has given way: later than those that have met the server taken, so that they find it
#: free; several short ones have their turn meanwhile.
_AFTER_A_PIECE = timedelta(seconds=15)

#: The tasks that query Info-Link, and the states in which they wait for that.
_TASKS = ["company.land", "verify", "infolink"]
_WAITING = ["scheduled", "queued", "up_for_reschedule"]
_OTHER_DAGS = (dag_ids.BACKFILL_JOB_COSTS, dag_ids.VERIFY_STAGING, dag_ids.CHECK_CONNECTIONS)


@contextmanager
def turn_at_infolink(
    server: str | None, settings: Settings, *, needed: bool = True, url: str | None = None
) -> Iterator[None]:
    """Go on as the only one, or one of few, at an Info-Link server.

    Args:
        server: stands for it (`InfoLinkConnection.server`); None where the company has no Info-Link: it takes no turn.
        settings: say how many at a time.
        needed: whether Info-Link is asked at all.
        url: the warehouse, where it is known already: to ask Airflow for it is a call of its own.

    Raises:
        AirflowRescheduleException: to Airflow, which starts the task again later: others have their turn now.
    """
    from spectrum_etl.warehouse.connect import warehouse_url
    from spectrum_etl.warehouse.turns import turn

    if not needed or server is None:
        yield
        return
    with turn(url or warehouse_url(), server, settings.infolink.queries_at_a_time) as ours:
        if not ours:
            log.info("this task comes back in %s seconds", _AGAIN.seconds)
            raise AirflowRescheduleException(datetime.now(UTC) + _AGAIN)
        yield


def give_way() -> AirflowRescheduleException:
    """What a task raises between two pieces of a long fingerprint: its slots are free until it comes back."""
    return AirflowRescheduleException(datetime.now(UTC) + _AFTER_A_PIECE)


def others_wait(instance: Any, settings: Settings, server: str | None) -> bool:
    """Whether another task waits for Info-Link: if none does, to give way would cost seconds and help nobody.

    Args:
        instance: the running task instance, through which Airflow is asked.
        settings: which objects are read from Info-Link.
        server: the Info-Link server for which a task may wait on its worker.
    """
    from spectrum_etl.warehouse.connect import warehouse_url
    from spectrum_etl.warehouse.turns import somebody_waits

    if server is not None and somebody_waits(warehouse_url(), server):
        return True
    staged = [obj.dag_id for obj in OBJECTS.values() if settings.reader(obj.tables[0]) == "infolink"]
    return any(instance.get_ti_count(dag_id, task_ids=_TASKS, states=_WAITING) for dag_id in (*staged, *_OTHER_DAGS))
