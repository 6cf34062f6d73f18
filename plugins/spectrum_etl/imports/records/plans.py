"""Reads and writes `procore.plans` and `procore.plan_rows`: what would be changed, and what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

from spectrum_etl.imports.spec import ALL, ImportObject, Narrowed, Writes
from spectrum_etl.imports.systems import Systems
from spectrum_etl.links import planned
from spectrum_etl.links.keys import Space
from spectrum_etl.warehouse.locks import give_back, take
from spectrum_etl.warehouse.templates import render

#: First part of the advisory lock of the plan of one object and company. An arbitrary number of our own.
PLAN_LOCK = 7_274


@dataclass(frozen=True)
class PlanRow:
    """One row of a plan; the comments of `procore.plan_rows` say what each column means."""

    row_id: int
    plan_id: int
    spectrum_key: str
    title: str
    kind: str
    state: str
    record_id: str
    record_title: str | None
    origin_id: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    spectrum: dict[str, Any]
    row_hash: str
    score: float | None
    attributes: list[str]
    exact: bool
    tied: bool
    candidates: list[dict[str, Any]]
    rule: str | None
    field: str | None
    value: str | None
    reason: str | None
    remedy: str | None
    decided_by: str | None
    decided_by_name: str | None
    decided_at: datetime | None
    asked_run_id: str | None

    @property
    def planned(self) -> planned.Planned:
        """As it claims and links: the two that it brings together, or those that it says."""
        link = self.spectrum.get("link")
        if link is not None:
            return planned.Planned(self.row_id, link["key"], link["record"], self.title, link["project"])
        return planned.Planned(self.row_id, self.spectrum_key, self.record_id, self.title)

    def linked_as(self, obj: ImportObject) -> tuple[str, Space]:
        """The object whose link it makes, and the space of its key."""
        link = self.spectrum.get("link")
        return (obj.name, obj.space) if link is None else (link["object"], link["space"])


#: Rows in memory at a time.
_CHUNK = 1_000
_ROW = ", ".join(PlanRow.__dataclass_fields__)


@dataclass(frozen=True)
class Plan:
    """The open plan of an object and company."""

    plan_id: int
    basis: str
    made_at: datetime
    looked_at: datetime
    planned_calls: int
    asks_dag_id: str | None
    asks_run_id: str | None
    asks_task_id: str | None
    asks_map_index: int | None


@contextmanager
def plan_lock(connection: psycopg.Connection, obj: ImportObject, company: str) -> Iterator[None]:
    """Plan or decide as the only one.

    Raises:
        RetryLater: somebody else does, for too long.
    """
    name = f"{obj.name}/{company}"
    what = f"the plan of {obj.name} of company {company}"
    take(connection, PLAN_LOCK, name, what=what, for_session=True)
    try:
        yield
    finally:
        if not connection.broken:
            give_back(connection, PLAN_LOCK, name)


def values_of(systems: Systems, obj: ImportObject, narrowed: Narrowed = ALL) -> dict[str, Any]:
    """What the statements bind."""
    return {
        **obj.parameters(systems.settings, systems.company),
        "object": obj.name,
        "company": systems.company.code,
        "space": obj.space,
        "keys": narrowed.compared,
        "followed": obj.followed(systems.settings),
        "unshown": obj.unshown,
        "afterwards": list(obj.set_afterwards),
        "title": obj.title,
        "procore_title": obj.procore_title,
        "key_column": obj.key_column,
        "name_column": obj.name_column,
        "named_by": obj.rule,
        "may_be_hidden": obj.may_be_hidden,
    }


def open_plan(connection: psycopg.Connection, obj: ImportObject, company: str) -> Plan | None:
    """The open plan, or None."""
    with connection.cursor(row_factory=class_row(Plan)) as cursor:
        return cursor.execute(
            f"select {', '.join(Plan.__dataclass_fields__)} from procore.plans"  # noqa: S608
            " where object_name = %s and company_code = %s and state = 'open'",
            [obj.name, company],
        ).fetchone()


def rows(
    connection: psycopg.Connection,
    plan_id: int,
    *,
    states: Sequence[str] = (),
    row_ids: Sequence[int] | None = None,
    undo: bool | None = None,
    after: str = "",
    limit: int | None = None,
) -> list[PlanRow]:
    """Rows of a plan by key.

    Args:
        states: only in these; empty: all.
        row_ids: only these.
        undo: only what is to be undone, or everything but that; None: both.
        after: only keys behind this one.
        limit: at most so many.
    """
    with connection.cursor(row_factory=class_row(PlanRow)) as cursor:
        return cursor.execute(
            f"select {_ROW} from procore.plan_rows where plan_id = %(plan)s"  # noqa: S608
            " and (cardinality(%(states)s::text[]) = 0 or state = any(%(states)s::text[]))"
            " and (%(ids)s::bigint[] is null or row_id = any(%(ids)s::bigint[]))"
            " and (%(undo)s::boolean is null or (kind = 'undo') = %(undo)s::boolean)"
            ' and spectrum_key collate "C" > %(after)s order by spectrum_key collate "C" limit %(limit)s',
            {
                "plan": plan_id,
                "states": list(states),
                "ids": None if row_ids is None else list(row_ids),
                "undo": undo,
                "after": after,
                "limit": limit,
            },
        ).fetchall()


def chunks(connection: psycopg.Connection, plan_id: int, states: Sequence[str] = ()) -> Iterator[list[PlanRow]]:
    """Rows of a plan by key, so many in memory at a time; what is done with them may change their state."""
    after = ""
    while found := rows(connection, plan_id, states=states, after=after, limit=_CHUNK):
        yield found
        after = found[-1].spectrum_key


def rows_by_id(connection: psycopg.Connection, row_ids: Sequence[int]) -> list[PlanRow]:
    """Rows of whatever plan, by key."""
    with connection.cursor(row_factory=class_row(PlanRow)) as cursor:
        return cursor.execute(
            f"select {_ROW} from procore.plan_rows where row_id = any(%s) order by spectrum_key",  # noqa: S608
            [list(row_ids)],
        ).fetchall()


def undone(connection: psycopg.Connection, obj: ImportObject, company: str, row_ids: Sequence[int]) -> list[PlanRow]:
    """Those of some rows that were undone and are left out since, whatever plan has undone them."""
    with connection.cursor(row_factory=class_row(PlanRow)) as cursor:
        return cursor.execute(
            f"select {_ROW} from procore.plan_rows where row_id = any(%s) and object_name = %s and company_code = %s"  # noqa: S608
            " and kind = 'undo' and state = 'applied' and exists (select from procore.left_out as l"
            " where l.object_name = plan_rows.object_name and l.company_code = plan_rows.company_code"
            " and l.spectrum_key = plan_rows.spectrum_key)",
            [list(row_ids), obj.name, company],
        ).fetchall()


def counts(connection: psycopg.Connection, plan_id: int) -> Counter[tuple[str, str]]:
    """How many rows of each kind are in each state."""
    found = connection.execute(
        "select kind, state, count(*) from procore.plan_rows where plan_id = %s group by kind, state order by 1, 2",
        [plan_id],
    )
    return Counter({(kind, state): count for kind, state, count in found})


def planned_calls(connection: psycopg.Connection, plan_id: int) -> int:
    """How many writing calls applying all of a plan takes."""
    row = connection.execute("select planned_calls from procore.plans where plan_id = %s", [plan_id]).fetchone()
    assert row is not None
    return int(row[0])


def store(
    connection: psycopg.Connection,
    systems: Systems,
    obj: ImportObject,
    narrowed: Narrowed,
    *,
    basis: str,
    looked_at: datetime,
    dry_run: bool,
) -> int:
    """Make a plan of what stands in `_rows`, in the caller's transaction; a plan before it is taken over.

    Args:
        narrowed: what the run was narrowed to: rows outside it stay as they are.
        basis: of what it was made.
        looked_at: when Procore was looked at.
        dry_run: only to be looked at; the open plan stays.

    Returns:
        Its number.
    """
    old = None if dry_run else open_plan(connection, obj, systems.company.code)
    if old is not None:
        connection.execute(
            "update procore.plans set state = 'replaced', ended_at = clock_timestamp() where plan_id = %s",
            [old.plan_id],
        )
    made = connection.execute(
        "insert into procore.plans (object_name, company_code, state, narrowed, dag_id, run_id, looked_at, basis,"
        " asks_dag_id, asks_run_id, asks_task_id, asks_map_index)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning plan_id",
        [
            obj.name, systems.company.code, "dry run" if dry_run else "open", bool(narrowed.keys), systems.run.dag_id,
            systems.run.run_id, looked_at, basis,
            *((old.asks_dag_id, old.asks_run_id, old.asks_task_id, old.asks_map_index) if old else [None] * 4),
        ],
    ).fetchone()  # fmt: skip
    assert made is not None
    values = {**values_of(systems, obj, narrowed), "new": made[0], "old": old.plan_id if old else None}
    if old is not None:
        connection.execute(render("imports/keep_rows.sql"), values)
        for left in chunks(connection, old.plan_id, ("accepted",)):
            put_back(connection, old.plan_id, [row.row_id for row in left])
        connection.execute(
            "delete from procore.plan_rows where plan_id = %s"
            " and state in ('ready', 'suggested', 'not ready', 'left out')",
            [old.plan_id],
        )
    if dry_run:
        _forget_dry_runs(connection, obj, systems.company.code, but=made[0])
    connection.execute(render("imports/insert_rows.sql"), values)
    if obj.writes is not None:
        _count_calls(connection, int(made[0]), obj.writes)
    return int(made[0])


def _count_calls(connection: psycopg.Connection, plan_id: int, writes: Writes) -> None:
    """Note how many writing calls applying all of a plan takes."""
    connection.execute(
        "update procore.plans set planned_calls = (select (count(*) + %(size)s - 1) / %(size)s"
        " + count(*) filter (where %(reactivates)s and kind = 'link' and before ->> 'is_active' = 'false')"
        " + count(*) filter (where kind = 'create' and after ?| %(afterwards)s)"
        " from procore.plan_rows"
        " where plan_rows.plan_id = plans.plan_id and kind in ('create', 'link', 'take over', 'update', 'undo')"
        " and state in ('ready', 'suggested', 'accepted', 'applying', 'unknown')) where plan_id = %(plan)s",
        {
            "plan": plan_id,
            "size": writes.rows_a_call,
            "reactivates": writes.reactivate is not None,
            "afterwards": list(writes.set_afterwards),
        },
    )


def _forget_dry_runs(connection: psycopg.Connection, obj: ImportObject, company: str, *, but: int) -> None:
    """Of dry runs the last one is kept."""
    older = "select plan_id from procore.plans where object_name = %s and company_code = %s and state = 'dry run'"
    values = [obj.name, company, but]
    connection.execute(f"delete from procore.plan_rows where plan_id in ({older} and plan_id <> %s)", values)  # noqa: S608
    connection.execute(f"delete from procore.plans where plan_id in ({older} and plan_id <> %s)", values)  # noqa: S608


def put_back(connection: psycopg.Connection, plan_id: int, row_ids: Sequence[int]) -> list[int]:
    """Accepted rows that have changed: they are no longer accepted, and claim nothing."""
    found = connection.execute(render("imports/put_back.sql"), {"plan": plan_id, "rows": list(row_ids)}).fetchall()
    ended = [row_id for (row_id,) in found]
    planned.release(connection, ended)
    return ended


def move(
    connection: psycopg.Connection,
    row_ids: Sequence[int],
    state: str,
    *,
    reason: str | None = None,
    remedy: str | None = None,
) -> None:
    """Let rows stand elsewhere, in the caller's transaction."""
    connection.execute(
        "update procore.plan_rows set state = %s, reason = %s, remedy = %s, changed_at = clock_timestamp()"
        " where row_id = any(%s)",
        [state, reason, remedy, list(row_ids)],
    )


def force_new_plan(connection: psycopg.Connection, row_ids: Sequence[int]) -> None:
    """Let the next run make the plan of these rows again, although nothing that it was made from has changed."""
    connection.execute(
        "update procore.plans set basis = '' where plan_id in (select plan_id from procore.plan_rows"
        " where row_id = any(%s))",
        [list(row_ids)],
    )


def fail(
    connection: psycopg.Connection, row: PlanRow, reason: str, remedy: str | None = None, field: str | None = None
) -> None:
    """A row that Procore refused, in the caller's transaction; it claims nothing any more.

    Args:
        field: what Procore named.
    """
    move(connection, [row.row_id], "failed", reason=reason, remedy=remedy)
    connection.execute(
        "update procore.plan_rows set field = %s, value = %s where row_id = %s",
        [field, None if field is None else str(row.after.get(field, "")), row.row_id],
    )
    planned.release(connection, [row.row_id])


def decided(
    connection: psycopg.Connection, row_ids: Sequence[int], state: str, by: str | None, by_name: str | None
) -> None:
    """Record a decision on rows, in the caller's transaction; with nobody, that it was taken back."""
    connection.execute(
        "update procore.plan_rows set state = %(state)s, decided_by = %(by)s, decided_by_name = %(name)s,"
        " decided_at = case when %(by)s::text is not null then clock_timestamp() end, changed_at = clock_timestamp()"
        " where row_id = any(%(rows)s)",
        {"state": state, "by": by, "name": by_name, "rows": list(row_ids)},
    )
