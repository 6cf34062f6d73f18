"""Decides rows of the open plan: row by row, as the page does it, or as a whole, as Airflow's Required Actions do.

A decision is about a row as it was shown: with another hash it is refused. What is accepted claims its key and its
Procore record, in the transaction that records the decision.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import psycopg

from spectrum_etl.errors import FixConfiguration, StopSync
from spectrum_etl.imports.records import plans
from spectrum_etl.imports.records.plans import PlanRow
from spectrum_etl.imports.spec import MAKING, ImportObject, Narrowed
from spectrum_etl.imports.steps import after_restore
from spectrum_etl.imports.steps.compute import compute
from spectrum_etl.imports.systems import Systems
from spectrum_etl.links import planned
from spectrum_etl.links.claims import Claim
from spectrum_etl.links.keys import Space
from spectrum_etl.warehouse.connect import connect

Verb = Literal["accept", "leave out", "include", "take back", "keep"]

#: From which states each decision leads on.
_FROM: dict[Verb, frozenset[str]] = {
    "accept": frozenset({"ready", "suggested"}),
    "leave out": frozenset({"ready", "suggested"}),
    "include": frozenset({"left out"}),
    "take back": frozenset({"accepted"}),
    # Of an undo: what the run has done stays.
    "keep": frozenset({"ready"}),
}


@dataclass(frozen=True)
class Decision:
    """What somebody decided about one row.

    Args:
        row_id, row_hash: the row as it was shown.
        verb: what to do with it.
        record_id: with `accept`: another record of Procore to link it to, or blank for a new one; None: as shown.
    """

    row_id: int
    row_hash: str
    verb: Verb
    record_id: str | None = None


@dataclass(frozen=True)
class Decider:
    """Who decides.

    Args:
        id, name: of Airflow's auth manager.
    """

    id: str
    name: str


def decide(systems: Systems, obj: ImportObject, decisions: Sequence[Decision], by: Decider) -> dict[int, str | None]:
    """Take decisions on rows of the open plan, all in one transaction.

    Returns:
        By row, why its decision was not taken; None where it was.

    Raises:
        FixConfiguration: this user may not decide: nothing was written.
    """
    _require_approver(systems, by)
    found: dict[int, str | None] = {}
    with _deciding(systems, obj) as (connection, restored_at):
        plan = plans.open_plan(connection, obj, systems.company.code)
        is_older = plan is not None and after_restore.is_older(plan, restored_at)
        ids = [decision.row_id for decision in decisions]
        rows = {row.row_id: row for row in plans.rows(connection, plan.plan_id, row_ids=ids)} if plan else {}
        rows |= {row.row_id: row for row in plans.undone(connection, obj, systems.company.code, ids)}
        for decision in decisions:
            found[decision.row_id] = _unfit(obj, rows.get(decision.row_id), decision, is_older=is_older)
        good = [decision for decision in decisions if found[decision.row_id] is None]
        for decision in good:
            row = rows[decision.row_id]
            if decision.verb == "accept" and decision.record_id not in (None, row.record_id):
                assert decision.record_id is not None
                said = _choose(systems, connection, obj, row, decision.record_id)
                if said is not None:
                    found[row.row_id] = said
        accepted = [d.row_id for d in good if d.verb == "accept" and found[d.row_id] is None]
        if plan is not None:
            # Read again: a row for which another record was chosen is another row now.
            again = plans.rows(connection, plan.plan_id, row_ids=accepted)
            found |= _accept(systems, connection, obj, again, by.id, by.name)
        for verb in ("leave out", "include", "take back", "keep"):
            _others(systems, connection, obj, [rows[d.row_id] for d in good if d.verb == verb], verb, by)
        if None in found.values() and not is_older:
            after_restore.note_decision(connection, obj, systems.company.code, restored_at, by.id, by.name)
    return found


def accept_asked(systems: Systems, obj: ImportObject, by: Decider) -> int:
    """Accept every row that this run's question was about and that is as it was then; how many that are.

    Raises:
        FixConfiguration: this user may not decide: nothing was written.
    """
    # A match that a person has to look at is accepted alone, never with all others.
    return _accept_where(systems, obj, by, lambda row: row.asked_run_id == systems.run.run_id)


def accept_exact_names(systems: Systems, obj: ImportObject, by: Decider) -> int:
    """Accept every match of exactly the same name, and nothing else (N3); how many that are.

    Raises:
        FixConfiguration: this user may not decide: nothing was written.
    """
    return _accept_where(systems, obj, by, lambda row: row.kind == "link" and row.exact and not row.tied)


def by_setting(
    systems: Systems, connection: psycopg.Connection, obj: ImportObject, plan_id: int, restored_at: datetime | None
) -> int:
    """Accept what the settings let follow, in the caller's transaction; how many. Never a match, never a conflict.

    Args:
        restored_at: when the warehouse was restored: then nothing before a person has decided about a plan since, as
            what was left out after the backup is not known.
    """
    if after_restore.waits_for_a_person(connection, obj, systems.company.code, restored_at):
        return 0
    kinds = {"always": (), "changes": ("update",), "never": ("update", "create")}[obj.options(systems.settings).ask]
    setting = f"imports.{obj.name}.ask"
    return _accept_ready(
        systems, connection, obj, plan_id, lambda row: row.kind in kinds, setting, f"the setting {setting}"
    )


def _accept_where(systems: Systems, obj: ImportObject, by: Decider, which: Callable[[PlanRow], bool]) -> int:
    _require_approver(systems, by)
    with _deciding(systems, obj) as (connection, restored_at):
        plan = plans.open_plan(connection, obj, systems.company.code)
        if plan is None or after_restore.is_older(plan, restored_at):
            return 0
        accepted = _accept_ready(systems, connection, obj, plan.plan_id, which, by.id, by.name)
        if accepted:
            after_restore.note_decision(connection, obj, systems.company.code, restored_at, by.id, by.name)
        return accepted


@contextmanager
def _deciding(systems: Systems, obj: ImportObject) -> Iterator[tuple[psycopg.Connection, datetime | None]]:
    """Decide as the only one, in one transaction; with when the warehouse was restored, where it was."""
    with connect(systems.url) as connection:
        connection.autocommit = True
        with plans.plan_lock(connection, obj, systems.company.code):
            restored_at = after_restore.notice(connection, obj, systems.company.code)
            with connection.transaction():
                yield connection, restored_at


def _accept_ready(
    systems: Systems,
    connection: psycopg.Connection,
    obj: ImportObject,
    plan_id: int,
    which: Callable[[PlanRow], bool],
    by: str,
    by_name: str,
) -> int:
    """Accept those of the ready rows; how many that are."""
    accepted = 0
    for ready in plans.chunks(connection, plan_id, ("ready",)):
        outcomes = _accept(systems, connection, obj, [row for row in ready if which(row)], by, by_name)
        accepted += list(outcomes.values()).count(None)
    return accepted


def _unfit(obj: ImportObject, row: PlanRow | None, decision: Decision, *, is_older: bool = False) -> str | None:
    """Why a decision cannot be taken."""
    if row is None:
        return "the row is no longer in the open plan: look at the plan again"
    if row.row_hash != decision.row_hash:
        return "the row has changed since it was shown: look at it again"
    if is_older and decision.verb == "accept":
        return after_restore.PLAN_AGAIN
    if decision.verb == "include" and _is_undone(row):
        return None
    if row.state not in _FROM[decision.verb]:
        return f"the row is {row.state}"
    if row.kind == "undo" and decision.verb == "leave out":
        return "an undo is accepted, or what the run has done is kept; what it has undone is left out"
    if row.kind != "undo" and decision.verb == "keep":
        return "only what would be undone can be kept as it is"
    if decision.record_id is not None and obj.only_links:
        return "it is linked to what was found in Spectrum, or not at all: link it by hand with link_export"
    if decision.record_id is not None and row.kind not in MAKING:
        return "only a record that is not linked yet can be linked to another one"
    return None


def _is_undone(row: PlanRow) -> bool:
    return row.kind == "undo" and row.state == "applied"


def _choose(
    systems: Systems, connection: psycopg.Connection, obj: ImportObject, row: PlanRow, record_id: str
) -> str | None:
    """Make another row of it: linked to the record that somebody chose, or a new one. Why that cannot be, or None."""
    with connection.transaction():
        compute(systems, connection, obj, Narrowed((row.spectrum_key,)), chosen=(row.spectrum_key, record_id))
        made = connection.execute("select kind, reason, before ->> 'origin_id' from _rows").fetchone()
        if made is None or made[0] not in MAKING:
            connection.execute("drop table _desired, _chosen, _rows")
            return (made and made[1]) or "the record is linked already, or no longer offered"
        connection.execute(
            "update procore.plan_rows as p set kind = r.kind, record_id = r.record_id, record_title = r.record_title,"
            " origin_id = r.origin_id, before = r.before, after = r.after, row_hash = r.row_hash, score = null,"
            " attributes = r.attributes, exact = false, tied = false, rule = r.rule, reason = r.reason,"
            " remedy = r.remedy from _rows as r where p.row_id = %s",
            [row.row_id],
        )
        connection.execute("drop table _desired, _chosen, _rows")
    return None


def _accept(
    systems: Systems, connection: psycopg.Connection, obj: ImportObject, rows: Sequence[PlanRow], by: str, by_name: str
) -> dict[int, str | None]:
    """Accept rows and claim what they bring together; those that another has do not go on."""
    making: dict[tuple[str, Space], list[planned.Planned]] = defaultdict(list)
    for row in rows:
        if row.kind in MAKING:
            making[row.linked_as(obj)].append(row.planned)
    taken: dict[int, Claim] = {}
    for (name, space), wanted in making.items():
        taken |= planned.claim(connection, name, systems.company.code, space, wanted, by=by, by_name=by_name)
    for row_id, claim in taken.items():
        plans.move(
            connection, [row_id], "not ready", reason=claim.in_words,
            remedy="choose another record, or wait until that one was applied, refused or taken out",
        )  # fmt: skip
    if taken:
        # When the other one ends, everything is as it was when the plan was made, and the rows can be accepted again.
        plans.force_new_plan(connection, list(taken))
    plans.decided(connection, [row.row_id for row in rows if row.row_id not in taken], "accepted", by, by_name)
    return {row.row_id: taken[row.row_id].in_words if row.row_id in taken else None for row in rows}


def _others(
    systems: Systems,
    connection: psycopg.Connection,
    obj: ImportObject,
    rows: Sequence[PlanRow],
    verb: Verb,
    by: Decider,
) -> None:
    """Leave out, include again, take back, keep what would be undone."""
    ids = [row.row_id for row in rows]
    if verb == "keep":
        # The row stays as a trace of the decision; the next plan has what else there is to do.
        plans.decided(connection, ids, "put back", by.id, by.name)
        plans.move(connection, ids, "put back", reason="it was decided not to undo this")
        return
    if verb == "leave out":
        connection.execute(
            "insert into procore.left_out (object_name, company_code, spectrum_key, left_out_by, left_out_by_name)"
            " select %s, %s, spectrum_key, %s, %s from procore.plan_rows where row_id = any(%s) on conflict do nothing",
            [obj.name, systems.company.code, by.id, by.name, ids],
        )
        plans.decided(connection, ids, "left out", by.id, by.name)
        return
    if verb == "include":
        connection.execute(
            "delete from procore.left_out where object_name = %s and company_code = %s and spectrum_key = any(%s)",
            [obj.name, systems.company.code, [row.spectrum_key for row in rows]],
        )
    else:
        planned.release(connection, ids)
    for row in rows:
        # What was undone stays done: the next plan offers the record again.
        if _is_undone(row):
            continue
        plans.decided(connection, [row.row_id], "suggested" if _wants_a_look(row) else "ready", None, None)


def _wants_a_look(row: PlanRow) -> bool:
    """Whether a row is accepted alone, never with all others, as the plan has found it."""
    if row.kind == "create":  # one that the other integration may have made (N12)
        return row.rule is not None
    return row.kind in ("link", "take over") and (row.tied or not row.exact)


def _require_approver(systems: Systems, by: Decider) -> None:
    approvers = [user.id for user in systems.settings.import_approvers]
    if by.id not in approvers:
        raise FixConfiguration(
            f"{by.name or by.id or 'somebody unknown'} may not decide about imports into Procore",
            field="imports.approvers",
            limit=", ".join(approvers) or "nobody",
            remedy="let one of these decide, or add the user's id to imports.approvers in include/settings.yaml",
        )


def require_approvers(systems: Systems, obj: ImportObject) -> None:
    """Refuse a plan that nobody could ever accept.

    Raises:
        StopSync: nobody may decide.
    """
    if not systems.settings.import_approvers:
        raise StopSync(
            "no approvers are configured, so nobody can accept the plan",
            object=obj.name, company=systems.company.code, field="imports.approvers", value="[]",
            remedy="name who may decide, by their Airflow user ids, in include/settings.yaml",
        )  # fmt: skip
