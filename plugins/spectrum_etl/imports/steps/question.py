"""Puts the open plan before an approver as a whole: what would be changed in Procore, in a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import psycopg

from spectrum_etl.exports.display.markdown import escape_markdown
from spectrum_etl.imports.records import limits, plans
from spectrum_etl.imports.records.plans import PlanRow
from spectrum_etl.imports.spec import ImportObject
from spectrum_etl.imports.steps import after_restore
from spectrum_etl.imports.steps.accept import require_approvers
from spectrum_etl.imports.steps.undo import refuse_second
from spectrum_etl.imports.systems import Systems
from spectrum_etl.model.display import visible
from spectrum_etl.model.run import Instance
from spectrum_etl.warehouse.connect import connect

#: Rows that the question shows; the plan in the warehouse has all.
_SHOWN = 100
_OPEN = ("ready", "suggested")
_DOES = {
    "undo": "undo in {}",
    "create": "create",
    "link": "link with {}",
    "take over": "take over {}",
    "update": "change {}",
}


@dataclass(frozen=True)
class Question:
    """What an approver is asked.

    Args:
        subject: names object and company.
        body: Markdown.
    """

    subject: str
    body: str


def ask(
    systems: Systems,
    obj: ImportObject,
    instance: Instance,
    still_waits: Callable[[Instance], bool],
    *,
    undoes: str | None = None,
) -> Question | None:
    """The question about what can be accepted; None where that is nothing, or somebody is asked already.

    Args:
        instance: the task instance that will wait.
        still_waits: whether a task instance still waits for its answer.
        undoes: ask about undoing this run; None: about everything but that.

    Raises:
        StopSync: nobody may answer; or another run waits for an answer about undoing something.
    """
    undo = undoes is not None
    with connect(systems.url) as connection:
        connection.autocommit = True
        with _asking(connection, obj, systems.company.code) as restored_at:
            plan = plans.open_plan(connection, obj, systems.company.code)
            if plan is None or after_restore.is_older(plan, restored_at):
                return None
            found = plans.counts(connection, plan.plan_id)
            counted = Counter(
                {(kind, state): count for (kind, state), count in found.items() if (kind == "undo") is undo}
            )
            open_rows = sum(count for (_, state), count in counted.items() if state in _OPEN)
            if not open_rows:
                return None
            if undoes is not None:
                refuse_second(connection, systems, obj, undoes, lambda run: still_waits(replace(instance, run_id=run)))
            asks = None if undo else _instance(plan)
            if asks is not None and asks.place != instance.place and still_waits(asks):
                return None
            require_approvers(systems, obj)
            connection.execute(
                "update procore.plan_rows set asked_at = clock_timestamp(), asked_run_id = %s"
                " where plan_id = %s and state in ('ready', 'suggested') and (kind = 'undo') = %s",
                [instance.run_id, plan.plan_id, undo],
            )
            if not undo:
                _note_asker(connection, plan.plan_id, instance)
            rows = plans.rows(connection, plan.plan_id, states=_OPEN, undo=undo, limit=_SHOWN)
            subject = _subject(systems, obj, open_rows, undo=undo)
            pace = limits.last_reported(connection, int(systems.procore.company_id))
            waits = after_restore.waits_for_a_person(connection, obj, systems.company.code, restored_at)
            warning = _restored(restored_at) if restored_at is not None and waits else ""
            return Question(subject, warning + _body(obj, plan, pace, counted, open_rows, rows, undo=undo))


def close_question(systems: Systems, obj: ImportObject, instance: Instance, *, declined: bool = False) -> None:
    """Nobody waits for an answer about the plan any more.

    Args:
        declined: nothing was accepted: nobody is asked about these rows any more.
    """
    with connect(systems.url) as connection:
        connection.autocommit = True
        with plans.plan_lock(connection, obj, systems.company.code), connection.transaction():
            plan = plans.open_plan(connection, obj, systems.company.code)
            asks = _instance(plan) if plan else None
            if plan is not None and asks is not None and asks.place == instance.place:
                _note_asker(connection, plan.plan_id, None)
            if plan is not None and declined:
                connection.execute(
                    "update procore.plan_rows set asked_run_id = null where plan_id = %s and asked_run_id = %s",
                    [plan.plan_id, instance.run_id],
                )


@contextmanager
def _asking(connection: psycopg.Connection, obj: ImportObject, company: str) -> Iterator[datetime | None]:
    """Ask as the only one, in one transaction; with when the warehouse was restored, where it was."""
    with plans.plan_lock(connection, obj, company):
        restored_at = after_restore.notice(connection, obj, company)
        with connection.transaction():
            yield restored_at


def _restored(restored_at: datetime) -> str:
    return (
        f"**The warehouse was restored from a backup, or taken over by another server** (noticed"
        f" {restored_at:%Y-%m-%d %H:%M} UTC). What was taken back or left out after that backup is not known: look at"
        " each row, and leave those out again on the page that are not to be done. Nothing is accepted by a setting"
        " before an approver has decided about this plan.\n\n"
    )


def _instance(plan: plans.Plan) -> Instance | None:
    if plan.asks_dag_id is None or plan.asks_run_id is None or plan.asks_task_id is None:
        return None
    index = -1 if plan.asks_map_index is None else plan.asks_map_index
    return Instance(plan.asks_dag_id, plan.asks_run_id, plan.asks_task_id, index)


def _note_asker(connection: psycopg.Connection, plan_id: int, instance: Instance | None) -> None:
    connection.execute(
        "update procore.plans set asks_dag_id = %s, asks_run_id = %s, asks_task_id = %s, asks_map_index = %s"
        " where plan_id = %s",
        [*(instance.place if instance else [None] * 4), plan_id],
    )


def _subject(systems: Systems, obj: ImportObject, rows: int, *, undo: bool) -> str:
    company, what = systems.company, "Undo in Procore" if undo else "Into Procore"
    return visible(f"{what}: {rows} {obj.name.replace('_', ' ')} of company {company.code} {company.name}")


def _body(
    obj: ImportObject,
    plan: plans.Plan,
    pace: limits.Pace | None,
    counted: Counter[tuple[str, str]],
    open_rows: int,
    rows: Sequence[PlanRow],
    *,
    undo: bool,
) -> str:
    calls = f"{plan.planned_calls}, {limits.in_words(plan.planned_calls, pace)}"
    if undo:
        stays = sum(count for (_, state), count in counted.items() if state == "not ready")
        more = f"\n\nAnd {open_rows - len(rows)} more." if open_rows > len(rows) else ""
        return (
            f"{open_rows} records become what they were before that run; what it created becomes inactive and loses our"
            f" id. {stays} stay as they are: they were changed since."
            f"\n\nWriting calls to Procore for all of the plan: {calls}.\n\n{_table(rows)}{more}\n\n**Accept** undoes"
            " these rows, which are then left out of imports until somebody includes them again. **Not now** leaves"
            " everything as it is."
        )
    parts = [
        f"{counted['create', 'ready']} new, {counted['link', 'ready']} to link by {obj.exact_words},"
        f" {counted['update', 'ready']} changed in Spectrum{_taken_over(counted)};"
        f" {sum(n for (_, state), n in counted.items() if state == 'suggested')} have to be looked at one by one.",
        f"Writing calls to Procore for all of it: {calls}.",
        _table(rows),
    ]
    if open_rows > len(rows):
        parts.append(f"And {open_rows - len(rows)} more: `procore.plan_rows` has all.")
    too = ", what is taken over" if counted["take over", "ready"] else ""
    parts.append(
        f"**Accept** accepts what is ready: new ones, matches by {obj.exact_words}, changes{too}."
        " **Link exact names"
        " only** links those matches and nothing else. **Not now** leaves the plan open. What only may be the same"
        f" {obj.procore_title} is never accepted here. A row that changes in Spectrum or Procore before it is applied"
        " is put back."
    )
    return "\n\n".join(parts)


def _taken_over(counted: Counter[tuple[str, str]]) -> str:
    count = counted["take over", "ready"]
    return f", {count} to take over from the other integration, each of whose ids is replaced by ours" if count else ""


def _table(rows: Sequence[PlanRow]) -> str:
    head = ["| Spectrum | in Procore | score | why | state |", "| --- | --- | --- | --- | --- |"]
    lines = [
        f"| {escape_markdown(f'{row.spectrum_key} {row.title}')} | {_does(row)} |"
        f" {'' if row.score is None else row.score} | {escape_markdown(_why(row))} | {row.state} |"
        for row in rows
    ]
    return "\n".join([*head, *lines])


def _does(row: PlanRow) -> str:
    return _DOES[row.kind].format(escape_markdown(f"{row.record_title or ''} ({row.record_id})"))


def _why(row: PlanRow) -> str:
    changes = [
        f"{name}: {row.before.get(name) or '(blank)'} → {value or '(blank)'}" for name, value in row.after.items()
    ]
    said = changes if row.kind in ("update", "undo") else row.attributes
    if row.kind == "take over":
        said = [f"{row.before.get('origin_id')} → {row.after.get('origin_id')}", *said]
    return "; ".join([*said, *filter(None, (row.reason,))])
