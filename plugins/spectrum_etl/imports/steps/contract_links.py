"""Links contracts and change orders that another integration has synced, in bulk (N12): plan, apply, undo.

A plan like any other, and its rows are accepted like any other; but nothing is written in Procore, so that applying
them is one transaction of the warehouse.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import psycopg

from spectrum_etl.imports.records import calls, plans
from spectrum_etl.imports.records.plans import PlanRow
from spectrum_etl.imports.spec import ALL, ImportObject, Narrowed
from spectrum_etl.imports.steps import after_restore
from spectrum_etl.imports.steps.apply import Applied
from spectrum_etl.imports.steps.look import look
from spectrum_etl.imports.steps.plan import Made
from spectrum_etl.imports.systems import Systems
from spectrum_etl.links import claims, pairs, planned
from spectrum_etl.links.claims import Owner
from spectrum_etl.model.record import RecordId
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.ddl import ensure_table
from spectrum_etl.warehouse.migrate import migrate
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)


def plan_links(
    systems: Systems,
    obj: ImportObject,
    narrowed: Narrowed = ALL,
    *,
    dry_run: bool = False,
    look_again: bool = False,
) -> Made:
    """Plan which contracts and change orders are linked to what. It may be killed anywhere and called again.

    Args:
        narrowed: `only["jobs"]`: those of these jobs; nothing else is touched.
        dry_run: a plan that nobody is asked about.
        look_again: read Procore, however lately that was done.

    Raises:
        SpectrumEtlError: Procore or the warehouse cannot be read; the plan before stays.
    """
    code, jobs = systems.company.code, list(narrowed.only.get("jobs") or ())
    with connect(systems.url) as connection:
        connection.autocommit = True
        migrate(connection)
        for table in (obj.table, *obj.also_staged):
            ensure_table(connection, table)
        with plans.plan_lock(connection, obj, code):
            restored_at = after_restore.notice(connection, obj, code)
            again = look_again or after_restore.must_look(connection, obj, code, restored_at)
            looked_at = look(systems, connection, obj, again=again)
            with connection.transaction():
                _compute(systems, connection, obj, jobs)
                within = Narrowed(_keys(connection, obj, code, jobs, narrowed.keys))
                if within.keys:
                    connection.execute("delete from _rows where lower(spectrum_key) <> all(%s)", [within.compared])
                plan_id = plans.store(connection, systems, obj, within, basis="", looked_at=looked_at, dry_run=dry_run)
            found = Made(plan_id, plans.counts(connection, plan_id), is_new=True)
    log.info("%s, company %s: plan %s: %s", obj.name, code, plan_id, found.summary)
    return found


def apply_links(systems: Systems, obj: ImportObject) -> Applied:
    """Link what was accepted, and end the links whose undo was; one transaction, without a call to Procore."""
    code, done = systems.company.code, Applied()
    with connect(systems.url) as connection:
        connection.autocommit = True
        with plans.plan_lock(connection, obj, code):
            if forgotten := after_restore.put_back(connection, obj, code):
                done.counts["put back"] += forgotten
            with connection.transaction():
                _link_accepted(systems, connection, obj, done)
    log.info("%s, company %s: %s", obj.name, code, done.summary)
    return done


def _link_accepted(systems: Systems, connection: psycopg.Connection, obj: ImportObject, done: Applied) -> None:
    code = systems.company.code
    plan = plans.open_plan(connection, obj, code)
    if plan is None:
        return
    _put_back(systems, connection, obj, plan.plan_id, done)
    for rows in plans.chunks(connection, plan.plan_id, ("accepted",)):
        _note(connection, systems, obj, rows)
        making, undone = [r for r in rows if r.kind != "undo"], [r for r in rows if r.kind == "undo"]
        elsewhere = _link(connection, code, making)
        for row in undone:
            _end(connection, obj, code, row)
        good = [row.row_id for row in rows if row.row_id not in elsewhere]
        plans.move(connection, good, "applied")
        done.counts["applied"] += len(good)
        for row in rows:
            if row.row_id in elsewhere:
                plans.fail(
                    connection, row, "it, or its record in Spectrum, is now linked to something else",
                    "end the wrong one of the two links with unlink_export, then plan again",
                )  # fmt: skip
                done.counts["failed"] += 1


def _compute(systems: Systems, connection: psycopg.Connection, obj: ImportObject, jobs: Sequence[str]) -> None:
    connection.execute(render("imports/working_tables.sql"))
    connection.execute(
        render(obj.desired),
        {
            "object": obj.name,
            "company": systems.company.code,
            "own": systems.own_marks,
            "jobs": [job.strip().lower() for job in jobs] or None,
        },
    )


def _keys(
    connection: psycopg.Connection, obj: ImportObject, company: str, jobs: Sequence[str], keys: Sequence[str]
) -> tuple[str, ...]:
    """What a narrowed run is about: what it has found, and what the open plan has of the same jobs."""
    if keys:
        return tuple(keys)
    if not jobs:
        return ()
    found = connection.execute(
        "select spectrum_key from _rows union select r.spectrum_key from procore.plan_rows as r join procore.plans as p"
        " using (plan_id) where p.object_name = %s and p.company_code = %s and p.state = 'open'"
        " and lower(r.spectrum -> 'link' ->> 'job') = any(%s)",
        [obj.name, company, [job.strip().lower() for job in jobs]],
    ).fetchall()
    # No key has this text: a narrowed run that nothing fits touches nothing.
    return tuple(key for (key,) in found) or ("",)


def _put_back(systems: Systems, connection: psycopg.Connection, obj: ImportObject, plan_id: int, done: Applied) -> None:
    """Accepted rows of which Spectrum, by what is staged, holds something else by now."""
    _compute(systems, connection, obj, ())
    stale = connection.execute(
        "select row_id from procore.plan_rows as p where plan_id = %s and state = 'accepted' and kind = 'take over'"
        " and not exists (select from _rows as r where r.spectrum_key = p.spectrum_key and r.row_hash = p.row_hash)",
        [plan_id],
    ).fetchall()
    if put_back := len(plans.put_back(connection, plan_id, [row_id for (row_id,) in stale])):
        done.counts["put back"] += put_back


def _note(connection: psycopg.Connection, systems: Systems, obj: ImportObject, rows: Sequence[PlanRow]) -> None:
    """In the book of calls, from which it can be undone. Nothing was sent, and there is nothing to read back."""
    calls.intend(connection, systems, obj, rows, {row.row_id: {} for row in rows})
    connection.execute(
        "update procore.calls set state = 'applied', answered_at = clock_timestamp(), compared_at = clock_timestamp()"
        " where row_id = any(%s) and state = 'intent'",
        [[row.row_id for row in rows]],
    )


def _link(connection: psycopg.Connection, company: str, rows: Sequence[PlanRow]) -> set[int]:
    """The rows that could not be linked. How the two amounts differ stays with the link."""
    by: dict[tuple[str, str], list[PlanRow]] = defaultdict(list)
    for row in rows:
        by[row.spectrum["link"]["object"], row.decided_by or ""].append(row)
    elsewhere: set[int] = set()
    for (object_name, decider), group in by.items():
        elsewhere |= planned.link(
            connection, object_name, company, [row.planned for row in group], decider, "taken over"
        )
        noted = [row for row in group if row.reason]
        connection.execute(
            "update export.links as l set note = w.note from unnest(%s::text[], %s::text[]) as w (record, note)"
            " where l.object_name = %s and l.company_code = %s and l.record_id = w.record and l.unlinked_at is null",
            [[row.planned.record for row in noted], [row.reason for row in noted], object_name, company],
        )
    return elsewhere


def _end(connection: psycopg.Connection, obj: ImportObject, company: str, row: PlanRow) -> None:
    """End the link that a run had made; what was undone is left out until somebody includes it again."""
    made: Any = connection.execute(
        "select r.spectrum -> 'link', r.title from procore.calls as c join procore.plan_rows as r using (row_id)"
        " where c.object_name = %s and c.company_code = %s and c.record_id = %s and c.kind = 'take over'"
        " and c.state = 'applied' order by c.call_id desc limit 1",
        [obj.name, company, row.record_id],
    ).fetchone()
    link, title = made
    pairs.end(connection, link["object"], RecordId(company, link["project"], link["record"]), row.decided_by or "")
    owner = Owner(link["object"], company, link["project"], link["record"], title)
    claims.release(connection, owner, linked=True)
    connection.execute(
        "insert into procore.left_out (object_name, company_code, spectrum_key, left_out_by, left_out_by_name)"
        " values (%s, %s, %s, %s, %s) on conflict do nothing",
        [obj.name, company, row.spectrum_key, row.decided_by or "", row.decided_by_name or ""],
    )
