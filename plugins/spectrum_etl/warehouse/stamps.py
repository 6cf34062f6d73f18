"""Takes syncs that are stamped later than now back to the moment of their run.

All stamps are the warehouse's clock. Where that clock was ahead once, a sync would look newer than every later one, and
these would be superseded without a word.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import psycopg

from spectrum_etl.model.run import Landing
from spectrum_etl.model.spec import StagedObject
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TakenBack:
    """What was stamped later than now.

    Args:
        syncs: how many syncs.
        run_id: the newest one's Airflow run; empty where it is no longer recorded.
        stamped_at: the latest stamp.
        moment: to what the newest was taken back.
    """

    syncs: int
    run_id: str
    stamped_at: datetime
    moment: datetime


def take_back(connection: psycopg.Connection, obj: StagedObject, landing: Landing) -> TakenBack | None:
    """Correct every stamp of one object and company that is later than now, of syncs and staged rows.

    Args:
        connection: the warehouse, in the publishing transaction and under its lock.
        obj: the object.
        landing: names the company.

    Returns:
        What was found; None where every stamp is right, which costs a few look-ups.
    """
    row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    parameters = {
        "object_name": obj.name,
        "company_code": landing.scope.company_code,
        "partitioned": obj.partitioned,
        "now": row[0],
    }
    if connection.execute(render("publish/stamps_wrong.sql"), parameters).fetchone() == (False,):
        return None
    connection.execute(render("publish/stamps_moments.sql"), parameters)
    found = connection.execute(
        "select run_id, moment, count(*) over (), max(stamped_at) over () from _taken_back order by landing_id desc"
    ).fetchone()
    run_id, moment, syncs, stamped_at = found or ("", row[0], 0, row[0])
    parameters["newest"] = moment
    connection.execute(render("publish/stamps_back.sql"), parameters)
    for names in _relations(obj):
        connection.execute(render("publish/stamps_rows.sql", **names), parameters)
    taken = TakenBack(syncs, run_id, stamped_at, moment)
    log.warning("%s of company %s: stamps later than now: %s", obj.name, landing.scope.company_code, taken)
    return taken


def _relations(obj: StagedObject) -> Iterable[dict[str, str]]:
    return ({"staged": f"spectrum.{table.name}", "past": f"history.{table.name}"} for table in obj.tables)
