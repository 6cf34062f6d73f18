"""Handlers of the stand-in Procore: budget codes, the combinations of the work breakdown structure.

Certain: an existing combination is not made twice but gets the description that was sent; `bulk_create` answers 201
with entities and errors; `update_all` answers 204. Assumed: that the cost code has the cost type from then on.
"""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from sandbox.procore import shapes_codes as shapes
from sandbox.procore.answers import Answer, ApiError, invalid
from sandbox.procore.calls import Call, Handler
from sandbox.procore.store import Record
from sandbox.procore.writes import change

_STATUSES = ("active", "inactive")


def _codes(call: Call) -> Answer:
    found = call.project()
    call.store.all("cost_code", call.company_id, found.id)
    filters = {"updated_at": ""}
    statuses = call.query.getlist("filters[status][]")
    where = [sql.SQL("coalesce(fields->>'status', 'active') = ANY({})").format(sql.Literal(statuses))]
    return call.page("wbs_code", shapes.wbs_code, project=found, filters=filters, where=where if statuses else ())


def _create_code(call: Call) -> Answer:
    return Answer(shapes.wbs_code(call.store, _combined(call, call.project(), call.body)), 201)


def _bulk_create(call: Call) -> Answer:
    project, bulk = call.project(), call.body.get("bulk")
    if not isinstance(bulk, list) or not bulk:
        raise ApiError(400, "param is missing or the value is empty: bulk")
    entities, errors = [], []
    for sent in bulk:
        if not isinstance(sent, Mapping):
            raise ApiError(400, "bulk holds something else than objects")
        try:
            with call.store.connection.transaction():
                entities.append(shapes.wbs_code(call.store, _combined(call, project, sent)))
        except ApiError as error:
            errors.append({**sent, "errors": error.fields or {"base": [error.message]}})
    return Answer({"entities": entities, "errors": errors}, 201)


def _combined(call: Call, project: Record, sent: Mapping[str, Any]) -> Record:
    """Make the budget code of some items, or give the one that there is the description."""
    items = _items(call, project, sent.get("segment_items"))
    described = {"description": sent["description"]} if sent.get("description") is not None else {}
    found, _ = call.store.select(
        [sql.SQL("kind = 'wbs_code' AND project_id = %s AND deleted_at IS NULL AND fields->>'flat_code' = %s")],
        [project.id, flat := ".".join(shapes.code_of(call.store, item) for _, item in items)],
    )
    if found:
        return change(call, found[0], described) if described else found[0]
    fields = {
        "flat_code": flat,
        "description": described.get("description") or ".".join(str(item["name"]) for _, item in items),
        "status": "active",
        "segment_items": [{"segment_id": segment.id, "item_id": item.id} for segment, item in items],
    }
    _assign_type(call, [item for _, item in items])
    return call.store.insert("wbs_code", call.company_id, fields, project.id)


def _items(call: Call, project: Record, sent: Any) -> list[tuple[Record, Record]]:
    """The items that were sent with their segments, in the order of these.

    Raises:
        ApiError: 422 where the segments that are required are not there once each, or an item is not theirs.
    """
    if not isinstance(sent, list) or not all(isinstance(each, Mapping) for each in sent):
        raise invalid(segment_items="can't be blank")
    pairs = []
    for each in sent:
        segment, item = record_of(call, each.get("segment_id")), record_of(call, each.get("segment_item_id"))
        if segment is None or segment.kind != "segment" or segment.company_id != call.company_id:
            raise invalid(segment_items="segment must exist")
        if item is None or not _is_of(segment, item, project):
            raise invalid(segment_items="segment item must exist")
        pairs.append((segment, item))
    types = [segment["type"] for segment, _ in pairs]
    if sorted(set(types)) != sorted(types) or not {"cost_code", "line_item_type"} <= set(types):
        raise invalid(segment_items="must have one item of each required segment")
    return sorted(pairs, key=lambda pair: pair[0].position)


def record_of(call: Call, record_id: Any) -> Record | None:
    return call.store.get(int(record_id)) if str(record_id).isdecimal() else None


def _is_of(segment: Record, item: Record, project: Record) -> bool:
    if item.deleted_at or item.company_id != segment.company_id:
        return False
    if segment["type"] == "custom":
        return item.kind == "segment_item" and item.parent_id == segment.id
    return item.kind == segment["type"] and item.project_id in (None, project.id)


def _assign_type(call: Call, items: list[Record]) -> None:
    """The cost code of a new budget code has its cost type from then on (assumed)."""
    by_kind = {item.kind: item for item in items}
    code, kind = by_kind["cost_code"], by_kind["line_item_type"]
    held = list(code["line_item_type_ids"] or [])
    if kind.id not in held:
        call.store.update(code, {"line_item_type_ids": [*held, kind.id], "budgeted": True})


def _update_all_codes(call: Call) -> Answer:
    return update_all(call, call.project(), ("wbs_code",))


def update_all(call: Call, project: Record, kinds: tuple[str, ...]) -> Answer:
    """Set one status on many; what hangs below an item follows it."""
    ids, attributes = call.body.get("ids"), call.sent("attributes")
    if not isinstance(ids, list) or not ids:
        raise ApiError(400, "param is missing or the value is empty: ids")
    if attributes.get("status") not in _STATUSES:
        raise invalid(status="is not included in the list")
    for record_id in ids:
        found = call.find(int(record_id), *kinds, project=project)
        call.store.update(found, {"status": attributes["status"]})
        for child in call.store.having(found.kind, call.company_id, "parent_id", found.id, project):
            call.store.update(child, {"status": attributes["status"]})
    return Answer(None, 204)


_PROJECT = "/rest/v1.0/projects/{project_id:int}/work_breakdown_structure"

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", f"{_PROJECT}/wbs_codes", _codes),
    ("POST", f"{_PROJECT}/wbs_codes", _create_code),
    ("PATCH", f"{_PROJECT}/wbs_codes/bulk_create", _bulk_create),
    ("PATCH", f"{_PROJECT}/wbs_codes/update_all", _update_all_codes),
)
