"""Replaces the ids of another integration (N12): which rows are sent together, and what a refusal means.

Whether Procore lets such ids be replaced is assumed. So the first rows that are taken over go alone: where Procore
refuses them all, the rest is not sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import psycopg

from spectrum_etl.imports.records import plans, takeovers
from spectrum_etl.imports.records.plans import PlanRow
from spectrum_etl.imports.spec import ImportObject
from spectrum_etl.imports.systems import Systems
from spectrum_etl.sources.faults import NotFound, SourceFault
from spectrum_etl.sources.procore.faults import names_field

#: So many rows go alone before one was taken. One may be kept from us for itself; three are not that by chance.
ALONE_AT_FIRST = 3
TAKE_OVER = "take over"


def batches(
    systems: Systems, connection: psycopg.Connection, obj: ImportObject, counts: Counter[str]
) -> Iterator[list[int]]:
    """Rows that are accepted, in the batches in which they are sent; each was sent before the next one is asked for.

    Args:
        counts: by state; those that are not sent are added.
    """
    found = connection.execute(
        "select row_id, kind = %(kind)s, exists (select from procore.calls as c where c.object_name = r.object_name"
        " and c.company_code = r.company_code and c.record_id = r.record_id and c.kind = %(kind)s"
        " and c.state = 'refused') as was_refused from procore.plan_rows as r where object_name = %(object)s"
        " and company_code = %(company)s and state = 'accepted' order by kind, was_refused, spectrum_key",
        {"kind": TAKE_OVER, "object": obj.name, "company": systems.company.code},
    ).fetchall()
    yield from _sized([row_id for row_id, theirs, _ in found if not theirs], obj.writing.rows_a_call)
    theirs = [row_id for row_id, is_theirs, _ in found if is_theirs]
    first: list[int] = []
    while theirs and len(first) < ALONE_AT_FIRST and not _is_proven(systems, connection, obj):
        first.append(theirs.pop(0))
        yield [first[-1]]
    if theirs and len(first) == ALONE_AT_FIRST and not _is_proven(systems, connection, obj):
        refused = [row for row in plans.rows_by_id(connection, first) if row.state == "failed"]
        if len(refused) == len(first):
            _stop(connection, theirs, refused, counts)
            return
    yield from _sized(theirs, obj.writing.rows_a_call)


def fail(connection: psycopg.Connection, obj: ImportObject, row: PlanRow, fault: SourceFault) -> None:
    """Procore has refused to replace an id: say what to ask it for. In the caller's transaction."""
    reason = f"Procore has not replaced the id of the other integration: {fault.message}"
    if names_field(fault, "origin_id"):
        remedy = (
            f"ask Procore to release {obj.procore_title} {row.record_id} from that integration, so that its id"
            f" {row.before.get('origin_id')} can be replaced; then plan again"
        )
    elif isinstance(fault, NotFound) and row.before.get("is_active") is False:
        remedy = f"it is inactive: make {obj.procore_title} {row.record_id} active in Procore, then plan again"
    else:
        remedy = (
            f"where it is locked by the ERP integration, ask Procore to unlock {obj.procore_title} {row.record_id};"
            " then plan again"
        )
    plans.fail(connection, row, reason, remedy, fault.field)
    connection.execute(
        "update procore.plan_rows set rule = 'N12', value = coalesce(value, %s) where row_id = %s",
        [row.before.get("origin_id"), row.row_id],
    )


def _is_proven(systems: Systems, connection: psycopg.Connection, obj: ImportObject) -> bool:
    """Whether Procore lets ids be replaced: `check_connections` has tried it out, or it has taken one since it was
    confirmed that the other integration is switched off.
    """
    takeover = takeovers.confirmation(connection, systems, obj)
    if takeover is None:
        return False
    row = connection.execute(
        "select sync.procore_knows(%(company)s, 'foreign_id_replaced') is true or exists (select from procore.calls"
        " where object_name = %(object)s and company_code = %(company)s and kind = %(kind)s and state = 'applied'"
        " and intent_at >= %(confirmed)s)",
        {
            "object": obj.name, "company": systems.company.code, "kind": TAKE_OVER,
            "confirmed": takeover.confirmed_at,
        },
    ).fetchone()  # fmt: skip
    return bool(row and row[0])


def _stop(
    connection: psycopg.Connection, row_ids: Sequence[int], refused: Sequence[PlanRow], counts: Counter[str]
) -> None:
    named = ", ".join(f"{row.title} ({row.record_id})" for row in refused)
    with connection.transaction():
        for row in plans.rows_by_id(connection, row_ids):
            plans.fail(
                connection, row,
                f"it was not sent: Procore has refused to replace the id of the other integration on {named}",
                "ask Procore to let the ids of that integration be replaced in this company, then plan again",
            )  # fmt: skip
        connection.execute("update procore.plan_rows set rule = 'N12' where row_id = any(%s)", [list(row_ids)])
    counts["failed"] += len(row_ids)


def _sized(row_ids: list[int], size: int) -> Iterator[list[int]]:
    return (row_ids[start : start + size] for start in range(0, len(row_ids), size))
