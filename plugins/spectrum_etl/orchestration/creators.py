"""Notifies the creators of rejected records, as a part of the task that took the answer, or of a run's last one."""

from __future__ import annotations

import logging

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.orchestration.address import airflow_url
from spectrum_etl.staging.configured import load_settings

log = logging.getLogger(__name__)


def notify_creators(object_name: str, dag_id: str, run_id: str, map_index: int | None = None) -> None:
    """Notify the creators of the records that a run rejected, if the settings say so. Nothing is raised.

    Args:
        object_name: exportable object. Where Procore never names the creators, nobody is notified.
        dag_id, run_id: the run.
        map_index: only what the approval of this number has taken; None for all of the run.
    """
    from spectrum_etl.exports.objects.registry import EXPORTS
    from spectrum_etl.exports.steps.creator import Creator, creator_of
    from spectrum_etl.exports.systems import systems_from_airflow
    from spectrum_etl.notify.rejections import Rejection, notify_creator, rejections
    from spectrum_etl.warehouse.connect import warehouse_url

    settings, obj = load_settings(), EXPORTS[object_name]
    if not settings.notifications.rejection_to_creator:
        return
    if obj.creator is None:
        log.info("Procore does not say who created a %s, so nobody is notified of a rejection", obj.title)
        return

    def look_up(rejection: Rejection) -> Creator:
        try:
            with systems_from_airflow(rejection.company_code, settings) as systems:
                return creator_of(systems, obj, rejection.id)
        except SpectrumEtlError as error:
            return Creator(problem=str(error))

    try:
        for rejection in rejections(warehouse_url(), dag_id, run_id, map_index):
            notify_creator(
                warehouse_url(),
                rejection,
                lambda rejection=rejection: look_up(rejection),  # type: ignore[misc]
                settings.notifications,
                airflow_url(),
            )
    except SpectrumEtlError as error:
        log.error("the creator of a rejected record could not be notified: %s", error)
    except Exception:  # whatever goes wrong must not fail a rejection that is in the ledger; the log has all of it
        log.exception("the creator of a rejected record could not be notified")
