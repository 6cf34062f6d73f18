"""What Airflow calls when a run has ended: DAG callbacks, so that there is one message a run, whatever it maps over.

Airflow's DAG processor executes them. They must not import anything heavy at the top: DAG files import this module.
"""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger(__name__)


def on_failure(context: Any) -> None:
    """Tell that a run failed, and why; a failure that lasts once a day.

    Args:
        context: Airflow's: `dag`, `run_id`, `dag_run`, `ti` and `reason` are used.
    """
    _ended(context, failed=True)


def on_success(context: Any) -> None:
    """Tell what is out of the ordinary in a run that succeeded: rejected rows, volume, drift, rows that never come.

    Args:
        context: Airflow's: `dag` and `run_id` are used.
    """
    _ended(context, failed=False)


def on_backfilled(context: Any) -> None:
    """Tell what lasts of a month that was backfilled: a backfill is many runs, whose rejected rows the digest tells.

    Args:
        context: Airflow's: `dag` and `run_id` are used.
    """
    _ended(context, failed=False, only_lasting=True)


def _ended(context: Any, *, failed: bool, only_lasting: bool = False) -> None:
    from spectrum_etl.notify.told import Ended, tell
    from spectrum_etl.settings import load_settings

    dag_id, run_id = str(context["dag"].dag_id), str(context["run_id"])
    reason = ", ".join(
        str(part) for part in (context.get("reason"), getattr(context.get("ti"), "task_id", None)) if part
    )
    # Airflow leaves its run out where the task that failed is no longer in the DAG.
    by_hand = getattr(context.get("dag_run"), "run_type", None) == "manual"
    try:
        tell(Ended(dag_id, run_id, failed, reason, by_hand, only_lasting), load_settings().notifications)
    except Exception:  # a message that cannot be made must not disturb what calls this; the log has all of it
        log.exception("%s, run %s: nobody could be told how it ended", dag_id, run_id)
