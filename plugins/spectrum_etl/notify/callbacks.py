"""What Airflow calls when a run has ended: DAG callbacks, so that there is one message a run, whatever it maps over.

Airflow's DAG processor executes them. They must not import anything heavy at the top: DAG files import this module.
"""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger(__name__)


def on_failure(context: Any) -> None:
    """Tell that a run failed, and why.

    Args:
        context: Airflow's: `dag`, `run_id` and `reason` are used.
    """
    _ended(context, failed=True)


def on_success(context: Any) -> None:
    """Tell what is out of the ordinary in a run that succeeded: rejected or deferred rows, volume, drift.

    Args:
        context: Airflow's: `dag` and `run_id` are used.
    """
    _ended(context, failed=False)


def _ended(context: Any, *, failed: bool) -> None:
    from spectrum_etl.errors import SpectrumEtlError
    from spectrum_etl.notify.deliver import deliver
    from spectrum_etl.notify.runs import Facts, facts_of, message_of
    from spectrum_etl.settings import load_settings
    from spectrum_etl.warehouse.connect import warehouse_url

    dag_id, run_id = str(context["dag"].dag_id), str(context["run_id"])
    try:
        settings = load_settings().notifications
        try:
            facts = facts_of(warehouse_url(), dag_id, run_id)
        except SpectrumEtlError as error:
            # The run is told about even so: a warehouse that is gone may be why it failed.
            log.warning("%s, run %s: the warehouse could not be asked: %s", dag_id, run_id, error)
            facts = Facts()
        message = message_of(dag_id, run_id, facts, failed=failed, reason=str(context.get("reason") or ""))
        if message is not None:
            deliver(message, settings)
    except Exception:  # a message that cannot be made must not disturb what calls this; the log has all of it
        log.exception("%s, run %s: nobody could be told how it ended", dag_id, run_id)
