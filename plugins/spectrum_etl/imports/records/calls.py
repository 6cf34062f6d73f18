"""Reads and writes `procore.calls`: the intent before a writing call, its outcome after, one row a record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import psycopg

from spectrum_etl.imports.records.plans import PlanRow
from spectrum_etl.imports.spec import ImportObject
from spectrum_etl.imports.systems import Systems
from spectrum_etl.model.characters import escaped_all

Outcome = Literal["applied", "refused", "not sent", "unknown"]


def intend(
    connection: psycopg.Connection,
    systems: Systems,
    obj: ImportObject,
    rows: Sequence[PlanRow],
    sent: Mapping[int, Mapping[str, Any]],
    kind: str | None = None,
) -> None:
    """Say what is about to be sent, in the caller's transaction.

    Args:
        rows: of the plan, each once.
        sent: by row, what is sent.
        kind: what is done, where it is not what the row says.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into procore.calls (row_id, object_name, company_code, spectrum_key, kind, record_id, origin_id,"
            " held_before, sent, decided_by, decided_by_name, decided_at, state, dag_id, run_id)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'intent', %s, %s)",
            [
                (
                    row.row_id, obj.name, systems.company.code, row.spectrum_key, kind or row.kind, row.record_id,
                    row.origin_id, json.dumps(row.before), json.dumps(sent[row.row_id]), row.decided_by,
                    row.decided_by_name, row.decided_at, systems.run.dag_id, systems.run.run_id,
                )
                for row in rows
            ],
        )  # fmt: skip


def record_outcome(
    connection: psycopg.Connection,
    row_id: int,
    state: Outcome,
    *,
    answer: str | None = None,
    entity: Mapping[str, Any] | None = None,
) -> None:
    """Write the outcome of the call of a row that was last begun, in the caller's transaction.

    Args:
        answer: what Procore said, where it did not take it.
        entity: the record as Procore answered it.
    """
    connection.execute(
        "update procore.calls set state = %(state)s, answer = %(answer)s, entity = %(entity)s,"
        " record_id = coalesce(%(record)s, record_id), answered_at = clock_timestamp() where call_id ="
        " (select max(call_id) from procore.calls where row_id = %(row)s) and state in ('intent', 'unknown')",
        {
            "row": row_id,
            "state": state,
            "answer": answer,
            "entity": None if entity is None else json.dumps(escaped_all(entity)),
            "record": str(entity["id"]) if entity and entity.get("id") is not None else None,
        },
    )


def end_orphans(connection: psycopg.Connection, obj: ImportObject, company: str) -> None:
    """What a process that was killed has begun: whether it was executed is not known."""
    connection.execute(
        "update procore.calls set state = 'unknown', answer = 'the process that made the call was killed'"
        " where object_name = %s and company_code = %s and state = 'intent'",
        [obj.name, company],
    )


def to_compare(
    connection: psycopg.Connection, obj: ImportObject, company: str
) -> list[tuple[int, str, dict[str, Any]]]:
    """Calls that Procore took and that were not read back yet: number, Procore id, what was sent."""
    return connection.execute(
        "select distinct on (record_id) call_id, record_id, sent from procore.calls where object_name = %s"
        " and company_code = %s and state = 'applied' and kind <> 'reactivate' and compared_at is null"
        " order by record_id, call_id desc",
        [obj.name, company],
    ).fetchall()


def end_comparison(
    connection: psycopg.Connection,
    obj: ImportObject,
    company: str,
    differs: Mapping[int, Any],
    hidden: Sequence[str] = (),
) -> None:
    """All that were to be compared have been.

    Args:
        differs: by call, where Procore holds something else than was sent.
        hidden: records that could not be read: they are compared another time.
    """
    connection.execute(
        "update procore.calls set compared_at = clock_timestamp() where object_name = %s and company_code = %s"
        " and state = 'applied' and compared_at is null and record_id <> all(%s::text[])",
        [obj.name, company, list(hidden)],
    )
    for call_id, difference in differs.items():
        connection.execute(
            "update procore.calls set differs = %s where call_id = %s", [json.dumps(difference), call_id]
        )
