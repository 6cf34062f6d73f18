"""Ends a link: of an exported record once it is gone from Spectrum (G6)."""

from __future__ import annotations

import logging
from typing import Any

import psycopg

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.linkable import Linkable
from spectrum_etl.exports.records import claiming, queue
from spectrum_etl.exports.records.locks import sole_lock
from spectrum_etl.exports.records.marking import marking
from spectrum_etl.exports.records.queue import QueueRow
from spectrum_etl.exports.records.states import IN_FLIGHT
from spectrum_etl.exports.systems import Systems
from spectrum_etl.links import claims
from spectrum_etl.links import pairs as links
from spectrum_etl.links.pairs import Link
from spectrum_etl.warehouse.connect import connect

log = logging.getLogger(__name__)


def unlink(systems: Systems, obj: Linkable, record: str, by: str) -> str:
    """End a link: verify that Spectrum no longer holds what was exported, take the mark out of Procore, then end it.

    It may be killed anywhere and called again.

    Args:
        record: Procore id of the record, as `export.links.record_id` has it.
        by: Airflow user who asks for it.

    Returns:
        The Spectrum key that it was linked to.

    Raises:
        FixRecord: it is not linked, Spectrum still holds it, or more of it is on its way there.
        RetryLater: it is being exported right now.
        SpectrumEtlError: Spectrum or Procore cannot be asked; nothing has changed, or only Procore's mark is gone.
    """
    company = systems.company
    with connect(systems.url) as connection:
        connection.autocommit = True
        link = _link(connection, obj, company.code, record)
        with sole_lock(systems.url, obj.name, link.id):
            row = queue.find(connection, obj.name, link.id)
            _check_may_end(systems, obj, link, row)
            left = None
            # What another integration has marked carries nothing of ours.
            if obj.unmark is not None and link.how != "taken over":
                with marking(systems, obj, link.id):
                    left = obj.unmark(systems.procore, company, link.id)
            if left:
                log.warning("%s, company %s: record %s: %s", obj.name, company.code, record, left)
            with connection.transaction():
                links.end(connection, obj.name, link.id, by)
                claims.release(connection, claiming.owner(obj, link.id), linked=True)
                if row is not None and row.state == "linked":
                    queue.remove(connection, obj.name, link.id, "linked")
    log.info("%s, company %s: record %s is no longer linked to %s", obj.name, company.code, record, link.spectrum_key)
    return link.spectrum_key


def _link(connection: psycopg.Connection, obj: Linkable, company: str, record: str) -> Link:
    link = links.find(connection, obj.name, company, record)
    if link is None:
        raise FixRecord(
            "the record is not linked", object=obj.name, company=company, record=record,
            remedy="look up object, company and record in export.links; there is nothing to unlink",
        )  # fmt: skip
    return link


def _check_may_end(systems: Systems, obj: Linkable, link: Link, row: QueueRow | None) -> None:
    """Nothing more of the record is on its way to Spectrum, and what was exported is gone from there."""
    where: dict[str, Any] = {"object": obj.name, "company": link.id.company, "record": link.id.record}
    if row is not None and row.state in IN_FLIGHT:
        raise FixRecord(
            f"the record is in the export queue as {row.state}", **where,
            remedy="let its export finish first, or take the record out with the export's form",
        )  # fmt: skip
    # What was linked by hand was not written by an export: ending that link leaves nothing behind in Spectrum.
    if link.how == "export" and obj.holds(systems.spectrum, link.spectrum_key):
        raise FixRecord(
            f"Spectrum still holds {link.spectrum_key}", **where, field="spectrum_key", value=link.spectrum_key,
            remedy="delete it in Spectrum first, then unlink",
        )  # fmt: skip
