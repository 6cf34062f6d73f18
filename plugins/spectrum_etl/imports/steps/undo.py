"""Plans to take a run back from its calls (N10): the rows join the open plan and are accepted and applied like others.

Fields become what they were, links end, what was created stays as an inactive record without our id, since Procore
deletes none. What somebody, or a later run, has changed since is a conflict, which is shown and stays. What was undone
is left out until somebody includes it again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

import psycopg

from spectrum_etl.errors import FixConfiguration, StopSync
from spectrum_etl.imports.records import plans
from spectrum_etl.imports.spec import ImportObject, Narrowed
from spectrum_etl.imports.steps import after_restore
from spectrum_etl.imports.steps.look import look, look_for_changes
from spectrum_etl.imports.steps.plan import Made, made_of
from spectrum_etl.imports.systems import Systems
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)


def plan_undo(
    systems: Systems,
    obj: ImportObject,
    run_id: str,
    *,
    dry_run: bool = False,
    waits: Callable[[str], bool] = lambda run: False,
) -> Made:
    """Plan to undo what a run has applied. It may be killed anywhere and called again.

    One undo is open at a time: a yes is about the rows of one run, as they were shown.

    Args:
        run_id: of `procore.calls`.
        dry_run: only to be looked at.
        waits: whether another run of the DAG that undoes still waits for its answer.

    Raises:
        FixConfiguration: the run has applied nothing, or all of it was undone.
        StopSync: another undo is open; the message says of which run, and who waits.
        SpectrumEtlError: Procore cannot be read.
    """
    code = systems.company.code
    with connect(systems.url) as connection:
        connection.autocommit = True
        migrate(connection)
        with plans.plan_lock(connection, obj, code):
            restored_at = after_restore.notice(connection, obj, code)
            if not dry_run:
                refuse_second(connection, systems, obj, run_id.strip(), waits)
            look_for_changes(systems, connection, obj)
            again = after_restore.must_look(connection, obj, code, restored_at)
            looked_at = look(systems, connection, obj, again=again)
            with connection.transaction():
                plan_id = _store(systems, connection, obj, run_id.strip(), looked_at, dry_run=dry_run)
                found = made_of(systems, connection, plan_id, is_new=True)
    log.info("%s, company %s: plan %s to undo %s: %s", obj.name, code, plan_id, run_id, found.summary)
    return found


def refuse_second(
    connection: psycopg.Connection, systems: Systems, obj: ImportObject, run_id: str, waits: Callable[[str], bool]
) -> None:
    """Let no second undo be planned, or asked about, while one is open.

    Args:
        connection: with the plan locked.
        run_id: the run that is to be undone.
        waits: whether another run of the DAG that undoes still waits for its answer.

    Raises:
        StopSync: there is one.
    """
    code = systems.company.code
    found = connection.execute(
        "select r.spectrum ->> 'run_id', r.asked_run_id, count(*) from procore.plan_rows as r"
        " join procore.plans as p using (plan_id) where p.object_name = %s and p.company_code = %s"
        " and p.state = 'open' and r.kind = 'undo' and r.state in ('ready', 'accepted', 'applying', 'unknown')"
        " group by 1, 2 order by 1, 2",
        [obj.name, code],
    ).fetchall()
    for undone, asked, rows in found:
        is_asked = asked is not None and asked != systems.run.run_id and waits(asked)
        if is_asked:
            raise StopSync(
                f"the run {asked} of undo_import waits for an answer about undoing the run {undone}: {rows} records",
                object=obj.name, company=code, field="run_id", value=run_id,
                remedy="answer that question first; then trigger this one again",
            )  # fmt: skip
        if undone != run_id:
            raise StopSync(
                f"undoing the run {undone} is not finished: {rows} of its records have yet to be decided or applied",
                object=obj.name, company=code, field="run_id", value=run_id,
                remedy="accept them, or keep what that run has done (Do not undo), on the page under Into Procore, and"
                " apply what is accepted; then trigger this one again",
            )  # fmt: skip


def _store(
    systems: Systems,
    connection: psycopg.Connection,
    obj: ImportObject,
    run_id: str,
    looked_at: datetime,
    *,
    dry_run: bool,
) -> int:
    """Let the rows of an undo join the open plan, in the caller's transaction; the number of the plan."""
    connection.execute(render("imports/working_tables.sql"))
    values = {"object": obj.name, "company": systems.company.code, "run": run_id, "unshown": obj.unshown}
    connection.execute(render("imports/undo_rows.sql"), values)
    keys = tuple(key for (key,) in connection.execute("select spectrum_key from _rows"))
    if not keys:
        raise FixConfiguration(
            "this run has applied nothing that could be undone",
            object=obj.name, company=systems.company.code, field="run_id", value=run_id,
            remedy="look up the run in procore.calls; what was undone is not undone again",
        )  # fmt: skip
    return plans.store(connection, systems, obj, Narrowed(keys), basis="", looked_at=looked_at, dry_run=dry_run)
