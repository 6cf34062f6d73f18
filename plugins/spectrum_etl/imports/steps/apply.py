"""Applies the accepted rows of the open plan: each is sent once, and what became of it is kept.

One task at a time writes into a Procore company. What Procore and Spectrum hold is looked at first: a row that has
changed since it was accepted is put back, and the others go on. It may be killed anywhere and called again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import psycopg

from spectrum_etl.errors import RetryLater, SpectrumEtlError
from spectrum_etl.imports.records import calls, held, plans
from spectrum_etl.imports.records.plans import PlanRow
from spectrum_etl.imports.spec import ImportObject, Narrowed
from spectrum_etl.imports.steps import after_restore, replacing_ids, taking_over
from spectrum_etl.imports.steps.compute import compute, parties, suggested
from spectrum_etl.imports.steps.look import look_at, look_for_changes, look_for_ours
from spectrum_etl.imports.steps.settle import Settled, settle
from spectrum_etl.imports.systems import Systems
from spectrum_etl.links.writing import project, writing
from spectrum_etl.sources.faults import NotFound, NotSent, NotVisible, OutcomeUnknown, SourceFault
from spectrum_etl.sources.procore.faults import names_field
from spectrum_etl.sources.procore.rows import RowResult
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)

#: What the service account may not see yet.
_HIDDEN = "waiting for permission"
_OPEN = ("accepted", "applying", "unknown", _HIDDEN)


@dataclass
class Applied:
    """What became of the accepted rows.

    Args:
        counts: by the state that they are in now.
        later: why some were not sent, where Procore could not answer.
    """

    counts: Counter[str] = field(default_factory=Counter)
    later: str = ""

    @property
    def summary(self) -> str:
        """In words, for the log."""
        return ", ".join(f"{count} {state}" for state, count in self.counts.items()) or "nothing was accepted"


def apply(systems: Systems, obj: ImportObject) -> Applied:
    """Send what was accepted. Without an accepted row, no call is made.

    Raises:
        RetryLater: Procore could not answer for some rows; the others are applied.
        SpectrumEtlError: credentials, a permission or the connection is wrong; what was sent before is recorded.
    """
    code, done = systems.company.code, Applied()
    with connect(systems.url) as connection:
        connection.autocommit = True
        if not _accepted(connection, obj, code):
            return done
        with writing(connection, systems.procore.company_id, obj.name):
            _end_orphans(connection, obj, code)
            _look(systems, connection, obj)
            _resolve(systems, connection, obj, done)
            _put_back_what_is_forgotten(connection, obj, code, done)
            if stopped := taking_over.stop(systems, connection, obj):
                done.counts["put back"] += stopped
            _put_back_what_changed(systems, connection, obj, done)
            for batch in replacing_ids.batches(systems, connection, obj, done.counts):
                with _places(systems, connection, obj, batch):
                    active = _reactivate(systems, connection, obj, batch, done)
                    _send(systems, connection, obj, active, done)
                if done.later:
                    break
    log.info("%s, company %s: %s", obj.name, code, done.summary)
    if done.later:
        raise RetryLater(
            f"not everything could be applied: {done.summary} ({done.later})",
            object=obj.name, company=code, system="Procore",
            remedy="the task is retried automatically; what was applied stays so, and nothing is sent twice",
        )  # fmt: skip
    return done


def _accepted(
    connection: psycopg.Connection, obj: ImportObject, company: str, states: Sequence[str] = _OPEN
) -> list[int]:
    found = connection.execute(
        "select row_id from procore.plan_rows where object_name = %s and company_code = %s and state = any(%s)"
        " order by kind, spectrum_key",
        [obj.name, company, list(states)],
    )
    return [row_id for (row_id,) in found]


def _end_orphans(connection: psycopg.Connection, obj: ImportObject, company: str) -> None:
    """Whoever has begun a call and does not hold the lock was killed."""
    with connection.transaction():
        calls.end_orphans(connection, obj, company)
        connection.execute(
            "update procore.plan_rows set state = 'unknown', changed_at = clock_timestamp()"
            " where object_name = %s and company_code = %s and state = 'applying'",
            [obj.name, company],
        )


def _look(systems: Systems, connection: psycopg.Connection, obj: ImportObject) -> None:
    """What Procore holds of the records that are to be changed."""
    look_for_changes(systems, connection, obj)
    inactive = connection.execute(
        "select r.record_id from procore.plan_rows as p join procore.records as r using (object_name, company_code,"
        " record_id) where p.object_name = %s and p.company_code = %s and p.state = any(%s) and not r.is_active"
        " and r.gone_at is null",
        [obj.name, systems.company.code, list(_OPEN)],
    ).fetchall()
    for (record,) in inactive:
        look_at(systems, connection, obj, record)
    for row in plans.rows_by_id(connection, _accepted(connection, obj, systems.company.code, (_HIDDEN,))):
        if row.kind == "create":
            look_for_ours(systems, connection, obj, row.origin_id or "")
        else:
            look_at(systems, connection, obj, row.record_id)


def _resolve(systems: Systems, connection: psycopg.Connection, obj: ImportObject, done: Applied) -> None:
    """Rows whose answer was lost: done where Procore holds what was sent, else sent again, which does no harm.

    Those that wait for permission go on when Procore shows the record.
    """
    values = {"object": obj.name, "company": systems.company.code, "unshown": obj.unshown}
    with connection.transaction():
        found: dict[int, str] = dict(connection.execute(render("imports/resolved.sql"), values).fetchall())
        taken = [Settled(row, found[row.row_id]) for row in plans.rows_by_id(connection, list(found))]
        settle(systems, connection, obj, taken, done.counts)
        connection.execute(
            "update procore.plan_rows set state = 'accepted', changed_at = clock_timestamp()"
            " where object_name = %(object)s and company_code = %(company)s and (state = 'unknown'"
            " or (state = %(hidden)s and exists (select from procore.records as r"
            " where r.object_name = plan_rows.object_name and r.company_code = plan_rows.company_code"
            " and r.gone_at is null and (lower(r.origin_id) = lower(plan_rows.origin_id)"
            " or r.record_id = plan_rows.record_id))))",
            {**values, "hidden": _HIDDEN},
        )


def _put_back_what_is_forgotten(connection: psycopg.Connection, obj: ImportObject, company: str, done: Applied) -> None:
    """What was accepted before the warehouse was restored, by what it knows: that may have been taken back since."""
    with plans.plan_lock(connection, obj, company):
        if forgotten := after_restore.put_back(connection, obj, company):
            done.counts["put back"] += forgotten


def _put_back_what_changed(systems: Systems, connection: psycopg.Connection, obj: ImportObject, done: Applied) -> None:
    code = systems.company.code
    with plans.plan_lock(connection, obj, code), connection.transaction():
        plan = plans.open_plan(connection, obj, code)
        if plan is None:
            return
        of_plan = {"plan": plan.plan_id}
        keys = connection.execute(
            "select spectrum_key from procore.plan_rows where plan_id = %(plan)s and state = 'accepted'", of_plan
        ).fetchall()
        if not keys:
            return
        compute(systems, connection, obj, Narrowed(tuple(key for (key,) in keys)), match=False)
        stale = connection.execute(
            "select row_id, spectrum_key from procore.plan_rows as p where plan_id = %(plan)s and state = 'accepted'"
            " and kind <> 'undo' and not exists (select from _rows as r where r.spectrum_key = p.spectrum_key"
            " and r.row_hash = p.row_hash)",
            of_plan,
        ).fetchall()
        creating = connection.execute(
            "select min(decided_at) from procore.plan_rows where plan_id = %(plan)s and state = 'accepted'"
            " and kind = 'create'",
            of_plan,
        ).fetchone()
        appeared: list[str] = []
        if creating is not None and creating[0] is not None:
            wanted = parties(systems, connection, obj, "imports/creating.sql")
            matches = suggested(systems, connection, obj, wanted, creating[0])
            appeared = [each.spectrum_key for each in matches if obj.writing.doubles(each)]
        stale += connection.execute(
            "select row_id, spectrum_key from procore.plan_rows where plan_id = %(plan)s and state = 'accepted'"
            " and kind = 'create' and spectrum_key = any(%(appeared)s)",
            {**of_plan, "appeared": appeared},
        ).fetchall()
        stale += connection.execute(render("imports/undo_changed.sql"), of_plan).fetchall()
        rows = sorted({row_id for row_id, _ in stale})
        put_back = len(plans.put_back(connection, plan.plan_id, rows))
        if put_back:
            done.counts["put back"] += put_back


@contextmanager
def _places(
    systems: Systems, connection: psycopg.Connection, obj: ImportObject, row_ids: Sequence[int]
) -> Iterator[None]:
    """Write into the projects of rows as the only one: exports mark what is in them."""
    with ExitStack() as places:
        if obj.is_project:
            for record in sorted({row.record_id for row in plans.rows_by_id(connection, row_ids)} - {""}):
                places.enter_context(writing(connection, systems.procore.company_id, project(record)))
        yield


def _reactivate(
    systems: Systems, connection: psycopg.Connection, obj: ImportObject, row_ids: Sequence[int], done: Applied
) -> list[int]:
    """Make the inactive records among those to be linked active, one call each; the rows that can go on."""
    reactivate = obj.writing.reactivate
    if reactivate is None:
        return list(row_ids)
    inactive = {
        row_id
        for (row_id,) in connection.execute(
            "select p.row_id from procore.plan_rows as p join procore.records as r using (object_name, company_code,"
            " record_id) where p.row_id = any(%s) and p.kind = 'link' and not r.is_active",
            [list(row_ids)],
        )
    }
    left = list(row_ids)
    for row in plans.rows_by_id(connection, sorted(inactive)):
        with connection.transaction():
            calls.intend(connection, systems, obj, [row], {row.row_id: {"is_active": True}}, "reactivate")
        try:
            entity = reactivate(systems.procore, row.record_id)
        except NotFound as fault:
            left.remove(row.row_id)
            with connection.transaction():
                calls.record_outcome(connection, row.row_id, "refused", answer=fault.message)
                _fail(connection, obj, row, fault, done)
        except SpectrumEtlError as fault:
            left.remove(row.row_id)
            with connection.transaction():
                calls.record_outcome(connection, row.row_id, "unknown", answer=fault.message)
            if not isinstance(fault, RetryLater):
                raise
            done.later = fault.message
        else:
            with connection.transaction():
                calls.record_outcome(connection, row.row_id, "applied", entity=entity)
    return left


def _send(
    systems: Systems, connection: psycopg.Connection, obj: ImportObject, row_ids: Sequence[int], done: Applied
) -> None:
    """One batch: intent, call, outcome."""
    with connection.transaction():
        begun = connection.execute(
            "update procore.plan_rows set state = 'applying', changed_at = clock_timestamp()"
            " where row_id = any(%s) and state = 'accepted' returning row_id",
            [list(row_ids)],
        ).fetchall()
        rows = plans.rows_by_id(connection, [row_id for (row_id,) in begun])
        sent = {row.row_id: _update(row) for row in rows}
        calls.intend(connection, systems, obj, rows, sent)
    if not rows:
        return
    answers: dict[int, RowResult] = {}
    try:
        validations = systems.settings.imports.run_configurable_validations
        for answer in obj.writing.write(systems.procore, [sent[row.row_id] for row in rows], validations):
            answers[rows[answer.position].row_id] = answer
    except SpectrumEtlError:
        _record(systems, connection, obj, rows, answers, done)
        raise
    _record(systems, connection, obj, rows, answers, done)


def _record(
    systems: Systems,
    connection: psycopg.Connection,
    obj: ImportObject,
    rows: Sequence[PlanRow],
    answers: Mapping[int, RowResult],
    done: Applied,
) -> None:
    """What became of each row of a batch; of those without an answer it is not known."""
    taken: list[Settled] = []
    with connection.transaction():
        for row in rows:
            answer = answers.get(row.row_id)
            if answer is None:
                _lost(connection, row, "the call failed before its answer was read", done)
            elif answer.entity is not None:
                taken.append(Settled(row, str(answer.entity["id"]), answer.entity))
            elif answer.fault is not None:
                found = _ours(systems, obj, row, answer.fault)
                if found is not None:
                    taken.append(Settled(row, str(found["id"]), found))
                else:
                    _refused(connection, obj, row, answer.fault, done)
        settle(systems, connection, obj, taken, done.counts)


def _update(row: PlanRow) -> dict[str, object]:
    return dict(row.after) if row.kind == "create" else {"id": int(row.record_id), **row.after}


def _ours(systems: Systems, obj: ImportObject, row: PlanRow, fault: SourceFault) -> dict[str, object] | None:
    """A new record that is refused since its origin id is taken: by itself, where an earlier call was still running."""
    if row.kind != "create" or row.origin_id is None or not names_field(fault, "origin_id"):
        return None
    return next(iter(obj.writing.by_origin(systems.procore, row.origin_id)), None)


def _refused(
    connection: psycopg.Connection, obj: ImportObject, row: PlanRow, fault: SourceFault, done: Applied
) -> None:
    if isinstance(fault, NotVisible):
        calls.record_outcome(connection, row.row_id, "unknown", answer=fault.message)
        plans.move(connection, [row.row_id], _HIDDEN, reason=fault.message, remedy=fault.instruction)
        done.counts[_HIDDEN] += 1
    elif isinstance(fault, NotSent):
        calls.record_outcome(connection, row.row_id, "not sent", answer=fault.message)
        plans.move(connection, [row.row_id], "accepted", reason=fault.message)
        done.counts["accepted"] += 1
        done.later = fault.message
    elif isinstance(fault, OutcomeUnknown):
        _lost(connection, row, fault.message, done)
        done.later = fault.message
    else:
        calls.record_outcome(connection, row.row_id, "refused", answer=fault.message)
        _fail(connection, obj, row, fault, done)


def _lost(connection: psycopg.Connection, row: PlanRow, said: str, done: Applied) -> None:
    calls.record_outcome(connection, row.row_id, "unknown", answer=said)
    plans.move(connection, [row.row_id], "unknown", reason=said, remedy="the next run looks it up")
    done.counts["unknown"] += 1


def _fail(connection: psycopg.Connection, obj: ImportObject, row: PlanRow, fault: SourceFault, done: Applied) -> None:
    if row.kind == replacing_ids.TAKE_OVER:
        replacing_ids.fail(connection, obj, row, fault)
    elif isinstance(fault, NotFound) and held.is_inactive(connection, row.row_id):
        plans.fail(
            connection, row, fault.message,
            f"it is inactive: make {obj.procore_title} {row.record_id} active in Procore, then plan again", fault.field,
        )  # fmt: skip
    else:
        plans.fail(connection, row, fault.message, fault.instruction, fault.field)
    done.counts["failed"] += 1
