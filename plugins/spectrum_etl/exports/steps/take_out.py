"""Takes records out of the queue that nothing else leads on from.

A record that failed, or that was accepted and does not come to its end, may be one that nobody can mend: its Procore
record is gone, or Spectrum keeps what it holds. A person who has looked says so; what Spectrum holds of it stays there.
"""

from __future__ import annotations

import logging

import psycopg

from spectrum_etl.errors import FixRecord, RetryLater
from spectrum_etl.exports.records import claiming, ledger, queue
from spectrum_etl.exports.records.locks import sole_lock
from spectrum_etl.exports.records.queue import QueueRow
from spectrum_etl.exports.records.settling import settles_at
from spectrum_etl.exports.records.states import IN_FLIGHT, STATES, State
from spectrum_etl.exports.spec import ExportObject, RecordFilter
from spectrum_etl.exports.spectrum import compare
from spectrum_etl.exports.systems import Systems
from spectrum_etl.links import claims
from spectrum_etl.warehouse.connect import connect

log = logging.getLogger(__name__)

#: From these a record is taken out; the others have a way on of their own.
FROM: frozenset[State] = IN_FLIGHT | {"failed"}


def take_out(systems: Systems, obj: ExportObject, only: RecordFilter, by: str, run_id: str) -> list[str]:
    """Take the named records out, as an approver does who retrieves one: each comes back when it is collected by name.

    Args:
        only: names the records.
        by: Airflow user who asks for it.
        run_id: the Airflow run.

    Returns:
        What was taken out, in words.

    Raises:
        FixRecord: the form names no record, or one that is not in the queue or has another way on; those before it
            are taken out.
        RetryLater: one is being sent right now, or the settle time of a lost call is not over.
    """
    if not only.records:
        raise FixRecord(
            "the form names no record to take out", object=obj.name, company=systems.company.code, field="records",
            remedy="give the Procore ids of the records, as export.queue has them",
        )  # fmt: skip
    taken = []
    with connect(systems.url) as connection:
        connection.autocommit = True
        rows = queue.rows(connection, obj.name, systems.company.code, STATES, only)
        for row in rows:
            with sole_lock(systems.url, obj.name, row.id, row.title):
                taken.append(_take(systems, connection, obj, row, by, run_id))
    if missing := sorted(set(only.records) - {row.id.record for row in rows}):
        raise FixRecord(
            "the record is not in the export queue", object=obj.name, company=systems.company.code,
            record=", ".join(missing), remedy="compare its id with export.queue; there is nothing to take out",
        )  # fmt: skip
    return taken


def _take(
    systems: Systems, connection: psycopg.Connection, obj: ExportObject, row: QueueRow, by: str, run_id: str
) -> str:
    now = queue.find(connection, obj.name, row.id)
    if now is None or now.state not in FROM:
        raise FixRecord(
            f"the record is {now.state if now else 'gone'}, and is not taken out", object=obj.name,
            company=row.id.company, record=row.title, limit=", ".join(sorted(FROM)),
            remedy="docs/exports.md says what to do in each state",
        )  # fmt: skip
    # Not what was accepted: that may be what is wrong with it.
    calls = ledger.calls(connection, now.attempt_id) if now.attempt_id is not None else ()
    for sent in calls:
        if sent.state not in ("sending", "unknown") or sent.intent_at is None:
            continue
        until = settles_at(sent.intent_at, systems.settings)
        if systems.clock(connection) < until:
            raise RetryLater(
                f"the answer to a call was lost, and until {until:%H:%M:%S} UTC it may still be running",
                object=obj.name, company=row.id.company, record=row.title,
                remedy="the task is retried automatically; the number stays claimed until then",
            )  # fmt: skip
    reason = f"taken out by {by}; it comes back when it is collected again by name"
    if touched := [sent.call for sent in calls if sent.tries or sent.state != "pending"]:
        reason += f". Spectrum may hold a part of it, beginning with {compare.name_of(touched[0])}: look there"
    with connection.transaction():
        queue.move(connection, obj.name, row.id, now.state, "retrieved", run_id, reason=reason)
        if now.attempt_id is not None:
            ledger.advance(connection, now.attempt_id, "retrieved", reason, ends=True)
        claims.release(connection, claiming.owner(obj, row.id))
    log.info("%s, company %s: %s was %s; %s", obj.name, row.id.company, row.title, now.state, reason)
    return f"{row.title}: {reason}"
