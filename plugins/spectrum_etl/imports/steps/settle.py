"""Records what Procore has taken: the record as it is now, the link, and the row of the plan, in one transaction."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from spectrum_etl.imports.records import calls, held, plans
from spectrum_etl.imports.records.plans import PlanRow
from spectrum_etl.imports.spec import MAKING, ImportObject
from spectrum_etl.imports.systems import Systems
from spectrum_etl.links import claims, pairs, planned
from spectrum_etl.links.claims import Owner
from spectrum_etl.model.characters import escaped
from spectrum_etl.model.record import RecordId


@dataclass(frozen=True)
class Settled:
    """A row that Procore has taken.

    Args:
        row: of the plan.
        record_id: the record that it made, linked or changed.
        entity: as Procore answered it; None where it was found out otherwise.
    """

    row: PlanRow
    record_id: str
    entity: Mapping[str, Any] | None = None


def settle(
    systems: Systems, connection: psycopg.Connection, obj: ImportObject, taken: Sequence[Settled], counts: Counter[str]
) -> None:
    """Record rows that Procore has taken, in the caller's transaction.

    Args:
        counts: by state; added to.
    """
    if not taken:
        return
    code = systems.company.code
    held.store(connection, obj, code, [each.entity for each in taken if each.entity is not None])
    for each in taken:
        calls.record_outcome(connection, each.row.row_id, "applied", entity=each.entity or {"id": each.record_id})
    elsewhere = _link(connection, obj, code, taken)
    _follow(connection, obj, code, [each for each in taken if each.row.kind != "undo"])
    _undo(connection, obj, code, [each.row for each in taken if each.row.kind == "undo"])
    done = [each for each in taken if each.row.row_id not in elsewhere]
    with connection.cursor() as cursor:
        cursor.executemany(
            "update procore.plan_rows set state = 'applied', record_id = %s, reason = null, remedy = null,"
            " changed_at = clock_timestamp() where row_id = %s",
            [(each.record_id, each.row.row_id) for each in done],
        )
    counts["applied"] += len(done)
    for each in taken:
        if each.row.row_id in elsewhere:
            plans.fail(
                connection, each.row, f"Procore has taken it as {each.record_id}, which is linked to something else",
                "end the wrong one of the two links with unlink_export, then plan again",
            )  # fmt: skip
            counts["failed"] += 1


def _link(connection: psycopg.Connection, obj: ImportObject, company: str, taken: Sequence[Settled]) -> set[int]:
    by: dict[str, list[planned.Planned]] = defaultdict(list)
    for each in taken:
        if each.row.kind in MAKING:
            by[each.row.decided_by or ""].append(replace(each.row.planned, record=each.record_id))
    return {
        row_id for decider, rows in by.items() for row_id in planned.link(connection, obj.name, company, rows, decider)
    }


def _undo(connection: psycopg.Connection, obj: ImportObject, company: str, rows: Sequence[PlanRow]) -> None:
    """What was undone is linked no more, where the run had linked it, and left out until somebody includes it again."""
    for row in rows:
        if row.spectrum.get("undoes") in MAKING:
            pairs.end(connection, obj.name, RecordId(company, "", row.record_id), row.decided_by or "")
            claims.release(connection, Owner(obj.name, company, "", row.record_id, row.title), linked=True)
        connection.execute(
            "insert into procore.left_out (object_name, company_code, spectrum_key, left_out_by, left_out_by_name)"
            " values (%s, %s, %s, %s, %s) on conflict do nothing",
            [obj.name, company, row.spectrum_key, row.decided_by or "", row.decided_by_name or ""],
        )


def _follow(connection: psycopg.Connection, obj: ImportObject, company: str, taken: Sequence[Settled]) -> None:
    """Later changes in Spectrum are told from what it holds now; of a linked record, field by field.

    Those in Procore are told from what it made of the values itself, under `answered`.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            "update procore.records set followed = case when %(update)s then coalesce(followed, '{}') else '{}'::jsonb"
            " end || %(fields)s::jsonb || jsonb_build_object('spectrum_key', lower(%(key)s), 'answered',"
            " case when %(update)s then coalesce(followed -> 'answered', '{}') else '{}'::jsonb end"
            " || %(answered)s::jsonb)"
            " where object_name = %(object)s and company_code = %(company)s and record_id = %(record)s",
            [
                {
                    "update": each.row.kind == "update",
                    "fields": json.dumps(each.row.after if each.row.kind == "update" else each.row.spectrum),
                    "answered": json.dumps(_answered(obj, each)),
                    "key": each.row.spectrum_key,
                    "object": obj.name,
                    "company": company,
                    "record": each.record_id,
                }
                for each in taken
            ],
        )


def _answered(obj: ImportObject, settled: Settled) -> dict[str, str | None]:
    """What Procore answered of the fields that were sent."""
    entity = settled.entity or {}
    shown = obj.held(entity).items() if entity else ()
    return {
        name: value if value is None else escaped(value)
        for name, value in shown
        if name in settled.row.after and name in entity
    }
