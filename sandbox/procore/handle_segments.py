"""Handlers of the stand-in Procore: segments of the work breakdown structure, and their items.

Items of the segments of cost codes and cost types are those very records, with their ids (assumed); only custom
segments have items of their own. Certain: items have no origin id; a bulk deletion answers 207.
"""

from psycopg import sql

from sandbox.procore import shapes_codes as shapes
from sandbox.procore.answers import Answer, ApiError
from sandbox.procore.calls import Call, Handler
from sandbox.procore.handle_wbs import record_of, update_all
from sandbox.procore.store import Record
from sandbox.procore.writes import change, create


def _segments(call: Call) -> Answer:
    if "project_id" not in call.path:
        call.company()
        return call.page("segment", shapes.segment, paged=False)
    custom = call.project()["custom_segments"]
    where = [] if custom else [sql.SQL("fields->>'type' <> 'custom'")]
    return call.page("segment", shapes.segment, paged=False, where=where)


def _kind_of(call: Call) -> tuple[str, Record]:
    """Which records the items of the call's segment are."""
    segment = call.find(call.number("segment_id"), "segment")
    return ("segment_item" if segment["type"] == "custom" else str(segment["type"])), segment


def _segment_items(call: Call) -> Answer:
    kind, segment = _kind_of(call)
    project = call.project() if "project_id" in call.path else None
    if project is None:
        call.company()
    if kind == "cost_code":
        if project is None:
            return call.page("standard_cost_code", lambda store, each: shapes.item(store, each, segment))
        return call.page(kind, lambda store, each: shapes.item(store, each, segment), project=project)
    parent = segment if kind == "segment_item" else None
    return call.page(kind, lambda store, each: shapes.item(store, each, segment), parent=parent)


def _own_segment(call: Call) -> tuple[str, Record, Record]:
    """Kind of the items, segment and project of a call that writes; cost types are the company's alone."""
    kind, segment = _kind_of(call)
    if kind == "line_item_type":
        raise ApiError(403, "You do not have permission to perform this action")
    return kind, segment, call.project()


def _create_item(call: Call) -> Answer:
    kind, segment, project = _own_segment(call)
    sent = {name: call.body.get(name) for name in ("code", "name", "parent_id")}
    made = create(call, kind, sent, project) if kind == "cost_code" else create(call, kind, sent, parent=segment)
    return Answer(shapes.item(call.store, made, segment), 201)


def _change_item(call: Call) -> Answer:
    """Certain: "The ID of the record is subject to change under certain conditions"; here it never does."""
    kind, segment, project = _own_segment(call)
    found = call.find(call.number("id"), kind, project=project if kind == "cost_code" else None)
    sent = {name: call.body[name] for name in ("code", "name", "parent_id") if name in call.body}
    return Answer(shapes.item(call.store, change(call, found, sent), segment))


def _destroy_items(call: Call) -> Answer:
    """Delete items, except for those that something uses: 207 in any case, with one answer for each (assumed form)."""
    kind, _, project = _own_segment(call)
    ids = call.body.get("segment_item_ids")
    if not isinstance(ids, list) or not ids:
        raise ApiError(400, "param is missing or the value is empty: segment_item_ids")
    used = {each["item_id"] for code in call.store.all("wbs_code", call.company_id) for each in code["segment_items"]}
    answers = []
    for item_id in ids:
        found = record_of(call, item_id)
        theirs = found is not None and found.kind == kind and found.project_id in (None, project.id)
        if found is None or not theirs or found.deleted_at:
            answers.append({"id": item_id, "status": 404, "errors": ["Not found"]})
        elif found.id in used:
            answers.append({"id": item_id, "status": 422, "errors": ["Cannot be deleted while it is in use"]})
        else:
            call.store.delete(found)
            answers.append({"id": item_id, "status": 204, "errors": []})
    return Answer(answers, 207)


def _update_all_items(call: Call) -> Answer:
    project, (kind, _) = call.project(), _kind_of(call)
    return update_all(call, project, (kind,))


_COMPANY = "/rest/v1.0/companies/{company_id:int}/work_breakdown_structure"
_PROJECT = "/rest/v1.0/projects/{project_id:int}/work_breakdown_structure"
_ITEMS = "/segments/{segment_id:int}/segment_items"

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", f"{_COMPANY}/segments", _segments),
    ("GET", f"{_PROJECT}/segments", _segments),
    ("GET", f"{_COMPANY}{_ITEMS}", _segment_items),
    ("GET", f"{_PROJECT}{_ITEMS}", _segment_items),
    ("POST", f"{_PROJECT}{_ITEMS}", _create_item),
    ("DELETE", f"{_PROJECT}{_ITEMS}/bulk_destroy", _destroy_items),
    ("PATCH", f"{_PROJECT}{_ITEMS}/update_all", _update_all_items),
    ("PATCH", f"{_PROJECT}{_ITEMS}/{{id:int}}", _change_item),
)
