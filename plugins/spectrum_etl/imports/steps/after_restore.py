"""After the warehouse was restored: nothing is written into Procore by a decision that may have been taken back since.

A backup does not hold what was decided after it. What it holds as accepted is put back, and offered again by a plan
that reads all of Procore; what carried our id and carries it no more was undone, and stays so. Settings accept nothing
before an approver has decided about such a plan. Calls that the backup holds as begun are settled by what Procore
holds.
"""

from __future__ import annotations

import logging
from datetime import datetime

import psycopg

from spectrum_etl.imports.records import held, plans
from spectrum_etl.imports.records.plans import Plan
from spectrum_etl.imports.spec import ImportObject
from spectrum_etl.links import claims, pairs
from spectrum_etl.links.claims import Owner
from spectrum_etl.model.record import RecordId
from spectrum_etl.warehouse import continuity
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)

#: Who ends the link of what was undone after the backup.
_BY = "restored warehouse"
_PUT_BACK = (
    "the warehouse was restored from a backup, or taken over by another server, after this was accepted: whether it was"
    " taken back or undone in between is not known"
)
_REMEDY = "plan again, look at the new row, and accept it if it is still to be done"
#: Why a row of a plan that is older than the restore is not accepted.
PLAN_AGAIN = "the warehouse was restored from a backup after this plan was made: plan again, and look at the new plan"


def notice(connection: psycopg.Connection, obj: ImportObject, company: str) -> datetime | None:
    """Put back what was accepted before the warehouse was restored, and forget who was asked then.

    Args:
        connection: outside a transaction, with the plan locked.

    Returns:
        When it was noticed that the warehouse was restored; None where it never was.
    """
    restored_at = continuity.restored(connection)
    if restored_at is not None:
        _put_back(connection, obj, company, restored_at)
    return restored_at


def put_back(connection: psycopg.Connection, obj: ImportObject, company: str) -> int:
    """As `notice`, for what applies rows: how many were put back."""
    restored_at = continuity.restored(connection)
    return 0 if restored_at is None else _put_back(connection, obj, company, restored_at)


def _put_back(connection: psycopg.Connection, obj: ImportObject, company: str, restored_at: datetime) -> int:
    plan = plans.open_plan(connection, obj, company)
    if plan is None:
        return 0
    with connection.transaction():
        if is_older(plan, restored_at):
            connection.execute(
                "update procore.plans set asks_dag_id = null, asks_run_id = null, asks_task_id = null,"
                " asks_map_index = null where plan_id = %s",
                [plan.plan_id],
            )
            connection.execute(
                "update procore.plan_rows set asked_run_id = null, asked_at = null where plan_id = %s"
                " and asked_run_id is not null",
                [plan.plan_id],
            )
        accepted = connection.execute(
            "select row_id from procore.plan_rows where plan_id = %s and state = 'accepted' and decided_at < %s",
            [plan.plan_id, restored_at],
        ).fetchall()
        if rows := plans.put_back(connection, plan.plan_id, [row_id for (row_id,) in accepted]):
            plans.move(connection, rows, "put back", reason=_PUT_BACK, remedy=_REMEDY)
            log.warning("%s, company %s: %s accepted rows are put back: %s", obj.name, company, len(rows), _PUT_BACK)
    return len(rows)


def is_older(plan: Plan, restored_at: datetime | None) -> bool:
    """Whether a plan was made before the warehouse was restored: nothing of it is accepted."""
    return restored_at is not None and plan.made_at < restored_at


def must_look(connection: psycopg.Connection, obj: ImportObject, company: str, restored_at: datetime | None) -> bool:
    """Whether all of Procore has to be read, since what is known of it is from the backup."""
    last = held.looked(connection, obj, company)
    return restored_at is not None and last is not None and last.whole_at < restored_at


def end_undone_links(
    connection: psycopg.Connection, obj: ImportObject, company: str, restored_at: datetime | None
) -> None:
    """End the links of the backup whose record no longer carries our id: they were undone or unlinked after it.

    What was undone is left out until somebody includes it again, as after any undo.

    Args:
        connection: outside a transaction, with the plan locked; all of Procore was read since the restore.
    """
    if restored_at is None:
        return
    with connection.transaction():
        ended = connection.execute(
            render("imports/undone_since_backup.sql"),
            {"object": obj.name, "company": company, "restored_at": restored_at},
        ).fetchall()
        for record, key, title in ended:
            pairs.end(connection, obj.name, RecordId(company, "", record), _BY)
            claims.release(connection, Owner(obj.name, company, "", record, title), linked=True)
            connection.execute(
                "insert into procore.left_out (object_name, company_code, spectrum_key, left_out_by, left_out_by_name)"
                " values (%s, %s, %s, %s, %s) on conflict do nothing",
                [obj.name, company, key, _BY, _BY],
            )
    if ended:
        log.warning(
            "%s, company %s: the links of %s records that no longer carry our id in Procore are ended: they were undone"
            " after the backup that was restored", obj.name, company, len(ended),
        )  # fmt: skip


def waits_for_a_person(
    connection: psycopg.Connection, obj: ImportObject, company: str, restored_at: datetime | None
) -> bool:
    """Whether settings accept nothing yet: nobody has decided about a plan that was made after the restore."""
    if restored_at is None:
        return False
    row = connection.execute(
        "select exists (select from procore.restores where object_name = %s and company_code = %s"
        " and restored_at >= %s)",
        [obj.name, company, restored_at],
    ).fetchone()
    return not (row and row[0])


def note_decision(
    connection: psycopg.Connection,
    obj: ImportObject,
    company: str,
    restored_at: datetime | None,
    by: str,
    by_name: str,
) -> None:
    """An approver has decided about a plan that was made after the restore, in the caller's transaction."""
    if restored_at is None:
        return
    connection.execute(
        "insert into procore.restores as r (object_name, company_code, restored_at, decided_by, decided_by_name)"
        " values (%s, %s, %s, %s, %s) on conflict (object_name, company_code) do update"
        " set restored_at = excluded.restored_at, decided_by = excluded.decided_by,"
        " decided_by_name = excluded.decided_by_name, decided_at = clock_timestamp()"
        " where r.restored_at < excluded.restored_at",
        [obj.name, company, restored_at, by, by_name],
    )
