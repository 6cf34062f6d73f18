"""What keeps a record from being changed: locks, another integration's origin id, values that may not repeat."""

from collections.abc import Mapping
from typing import Any

from sandbox.procore.answers import invalid
from sandbox.procore.calls import Call
from sandbox.procore.kinds import Kind
from sandbox.procore.store import Record

_LOCKED = "is locked by the ERP integration"
_FOREIGN = "cannot be changed while it belongs to another integration"


def guard(call: Call, record: Record, values: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse to change what another integration keeps, and say what else changes with an origin id.

    Assumed, all of it: that a record can be locked beyond its origin id, and that Procore refuses to replace some
    origin ids of another integration. Callers must be right whether it does or not.

    Args:
        call: the call.
        record: as it is.
        values: what is to be set.

    Returns:
        Further attributes to set: a record whose origin id was replaced belongs to that integration no more.

    Raises:
        ApiError: 422.
    """
    written(call, record.kind, values, call.store.get(record.parent_id), new=False)
    held = record.origin | record.fields
    altered = [name for name, value in values.items() if _differs(held.get(name), value)]
    if record["erp_locked"] and altered:
        raise invalid(base=f"This record {_LOCKED}")
    if record["integration"] is None or "origin_id" not in altered:
        return {}
    way = call.ways.foreign
    if way == "refused" or (way == "marked" and record["origin_fixed"]):
        raise invalid(origin_id=_FOREIGN)
    return {"integration": None}


def written(call: Call, kind: str, values: Mapping[str, Any], parent: Record | None, *, new: bool) -> None:
    """Refuse to write lines that their document does not take.

    Raises:
        ApiError: 422.
    """
    if parent is None:
        return
    if kind == "contract_line" and parent.kind == "prime_contract":
        if parent["status"] == "Approved" and not call.ways.approved_lines:
            raise invalid(base="Line items of an approved contract cannot be changed")
        if new and call.ways.prime_line_codes and not {"wbs_code_id", "cost_code_id"} & values.keys():
            raise invalid(wbs_code_id="can't be blank")
    fixed = kind == "direct_cost_line" and not new and call.ways.fixed_direct_costs
    if fixed and parent.origin_id is not None and "amount" in values:
        raise invalid(amount="cannot be changed while the direct cost is synced with an ERP system")


def frozen(kind: Kind, record: Record, values: Mapping[str, Any]) -> list[str]:
    """Return the attributes that would change although a synced record keeps them."""
    return sorted(name for name in kind.frozen & values.keys() if _differs(record[name], values[name]))


def unique(
    call: Call,
    kind: Kind,
    values: Mapping[str, Any],
    record: Record | None,
    project: Record | None,
    parent: Record | None,
) -> None:
    """Refuse a value that another living record has and may not be there twice.

    A code may repeat under another parent (its full code is another one then).

    Raises:
        ApiError: 422.
    """
    names = {kind.unique} - {""} | ({"name"} if kind.name in call.ways.unique_names else set())
    above = values.get("parent_id", record["parent_id"] if record else None)
    for name in sorted(name for name in names if values.get(name) is not None):
        for other in call.store.having(kind.name, call.company_id, name, values[name], project, parent):
            if other["parent_id"] == above and (record is None or other.id != record.id):
                raise invalid(**{name: "has already been taken"})
    origin_id = values.get("origin_id")
    if origin_id is not None and kind.name == "direct_cost" and call.ways.deleted_keep_origin:
        _never_again(call, kind, origin_id)
    if origin_id is not None and call.ways.unique_any_case:
        found = call.store.by_origin(kind.name, call.company_id, origin_id, any_case=True)
        if found is not None and (record is None or found.id != record.id):
            raise invalid(origin_id="has already been taken")


def _never_again(call: Call, kind: Kind, origin_id: str) -> None:
    """Refuse an origin id that a deleted record has.

    Raises:
        ApiError: 422.
    """
    deleted = call.store.connection.execute(
        "SELECT 1 FROM procore.records WHERE kind = %s AND company_id = %s AND origin_id = %s"
        " AND deleted_at IS NOT NULL",
        [kind.name, call.company_id, origin_id],
    )
    if deleted.fetchone():
        raise invalid(origin_id="has already been taken")


def _differs(held: Any, sent: Any) -> bool:
    return ("" if held is None else str(held)) != ("" if sent is None else str(sent))
