"""Notifies the creator of a record in Procore that it was rejected: by e-mail, once, and never at the rejection's cost.

Every e-mail is in `export.rejection_mails`. Its row is committed before the e-mail is sent, so a task that is retried,
cleared or killed sends none a second time; the digest tells whom no e-mail reached.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from spectrum_etl.exports.steps.creator import Creator
from spectrum_etl.model.places import page_address, record_place
from spectrum_etl.model.record import RecordId
from spectrum_etl.notify.deliver import Connections, airflow_connections, email_to
from spectrum_etl.notify.message import Message
from spectrum_etl.settings.notifications import Notifications
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rejection:
    """A rejection whose creator was not notified yet: as `notify/rejections.sql` finds it.

    Args:
        attempt_id: its number in the ledger.
        object_name, company_code, project_id, record_id: the record.
        title: what people call it.
        project_name: what people call its project; empty where it has none.
        reason: why it was rejected.
        answered_by, answered_at: who rejected it, and when.
    """

    attempt_id: int
    object_name: str
    company_code: str
    project_id: str
    record_id: str
    title: str
    project_name: str
    reason: str
    answered_by: str
    answered_at: datetime

    @property
    def id(self) -> RecordId:
        """Which record."""
        return RecordId(self.company_code, self.project_id, self.record_id)


def rejections(url: str, dag_id: str, run_id: str, map_index: int | None = None) -> list[Rejection]:
    """The rejections of a run whose creators nobody has begun to tell.

    Args:
        url: the warehouse.
        dag_id, run_id: the Airflow run in which they were answered.
        map_index: only that of the task instance of this number; None for all.

    Raises:
        SpectrumEtlError: the warehouse cannot be asked.
    """
    values = {"dag_id": dag_id, "run_id": run_id, "map_index": map_index}
    with connect(url) as connection, connection.cursor(row_factory=class_row(Rejection)) as cursor:
        return cursor.execute(render("notify/rejections.sql"), values).fetchall()


def notify_creator(
    url: str,
    rejection: Rejection,
    look_up: Callable[[], Creator],
    settings: Notifications,
    airflow_url: str = "",
    connections: Connections = airflow_connections,
) -> bool:
    """Tell the creator of one rejected record, unless somebody else has begun to.

    Args:
        url: the warehouse.
        rejection: of `rejections`.
        look_up: finds the creator.
        settings: sender and mail server.
        airflow_url: where Airflow's UI is, for the link to the record; blank for none.
        connections: where the mail server's address and secrets come from.

    Returns:
        Whether the mail server took the e-mail.

    Raises:
        SpectrumEtlError: the warehouse cannot keep what was sent.
    """
    with connect(url) as connection:
        connection.autocommit = True
        if not _begin(connection, rejection):
            return False
        creator = look_up()
        problem = creator.problem or email_to(creator.address, _message(rejection, airflow_url), settings, connections)
        values = {"attempt_id": rejection.attempt_id, "creator": creator.name or None}
        values |= {"address": creator.address or None, "problem": problem or None}
        connection.execute(render("notify/rejection_ended.sql"), values)
    if problem:
        log.warning("the creator of %s was not notified that it was rejected: %s", rejection.title, problem)
    else:
        log.info("%s was notified by e-mail that %s was rejected", creator.name or "the creator", rejection.title)
    return not problem


def _begin(connection: psycopg.Connection, rejection: Rejection) -> bool:
    begun = connection.execute(render("notify/rejection_begun.sql"), {"attempt_id": rejection.attempt_id})
    return begun.rowcount == 1


def _message(rejection: Rejection, airflow_url: str) -> Message:
    place = record_place(rejection.object_name, rejection.id)
    lines = [
        *([f"Project: {rejection.project_name}"] if rejection.project_name else []),
        f"Rejected by: {rejection.answered_by}, {rejection.answered_at:%Y-%m-%d %H:%M} UTC",
        f"Reason: {rejection.reason}",
    ]
    return Message(
        (),
        f"Rejected, not sent to Spectrum: {rejection.title}",
        tuple(lines),
        "correct it in Procore, then tell accounting: a rejected record is offered again only when they collect it",
        page=page_address(airflow_url, place),
    )
