"""What Airflow calls when a run or a task has ended. One message a run, whatever it maps over; one last line a task.

Airflow's DAG processor executes those of runs, the task's own process those of tasks. They must not import anything
heavy at the top: DAG files import this module.
"""

from __future__ import annotations

import logging
from typing import Any

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.orchestration.address import airflow_url

log = logging.getLogger(__name__)


def end_the_log(context: Any) -> None:
    """Say what is wrong once more, in the last line of a failed task's log: that is where Airflow's page opens it.

    Above it stand 30 frames of a traceback, which help nobody to correct a password. Only our own errors: of another
    one the traceback is all that is known.

    Args:
        context: Airflow's: `exception` is used.
    """
    from airflow.sdk.exceptions import AirflowFailException

    error = context.get("exception")
    if isinstance(error, SpectrumEtlError | AirflowFailException):
        # Airflow calls this within a group of lines, which its page folds.
        log.info("::endgroup::")
        log.error("%s", " ".join(str(error).split()))


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
    from spectrum_etl.notify.send_once import EndedRun, report_run
    from spectrum_etl.staging.configured import load_settings

    dag_id, run_id = str(context["dag"].dag_id), str(context["run_id"])
    reason = ", ".join(
        str(part) for part in (context.get("reason"), getattr(context.get("ti"), "task_id", None)) if part
    )
    # Airflow leaves its run out where the task that failed is no longer in the DAG.
    by_hand = getattr(context.get("dag_run"), "run_type", None) == "manual"
    try:
        ended = EndedRun(dag_id, run_id, failed, reason, by_hand, only_lasting, airflow_url())
        report_run(ended, load_settings().notifications)
    except Exception:  # a message that cannot be made must not disturb what calls this; the log has all of it
        log.exception("%s, run %s: nobody could be notified of how it ended", dag_id, run_id)
