"""Handlers of the stand-in Procore: cost codes, line item types, work breakdown structure."""

from psycopg import sql

from sandbox.procore import shapes_codes as codes
from sandbox.procore.answers import Answer, invalid
from sandbox.procore.calls import Call, Handler
from sandbox.procore.store import Record
from sandbox.procore.writes import change, create, sync

_ORIGIN_ID = {"origin_id": "origin_id"}


def _code_lists(call: Call) -> Answer:
    call.company()
    return call.page("standard_cost_code_list", codes.code_list)


def _create_code_list(call: Call) -> Answer:
    call.company()
    made = create(call, "standard_cost_code_list", call.sent("standard_cost_code_list"))
    return Answer({"company_id": call.company_id, **codes.code_list(call.store, made)}, 201)


def _list_of(call: Call) -> Record:
    call.company()
    return call.find(call.number("standard_cost_code_list_id"), "standard_cost_code_list")


def _standard_codes(call: Call) -> Answer:
    return call.page("standard_cost_code", codes.standard_code, parent=_list_of(call), filters=_ORIGIN_ID)


def _create_standard_code(call: Call) -> Answer:
    made = create(call, "standard_cost_code", call.sent("standard_cost_code"), parent=_list_of(call))
    return Answer(codes.standard_code(call.store, made), 201)


def _sync_standard_codes(call: Call) -> Answer:
    return Answer(sync(call, "standard_cost_code", codes.standard_code, parent=_list_of(call)))


def _cost_codes(call: Call) -> Answer:
    found = call.project()
    return call.page("cost_code", codes.cost_code, project=found, filters={**_ORIGIN_ID, "id": "id"})


def _create_cost_code(call: Call) -> Answer:
    found = call.project()
    if found["erp_integrated"]:
        # "must use sync, create/update refuse on ERP projects" (procore-api.md, B2.6).
        raise invalid(base="Cost codes of a project with ERP Integrations come from the ERP system")
    return Answer(codes.cost_code(call.store, create(call, "cost_code", call.sent("cost_code"), found)), 201)


def _change_cost_code(call: Call) -> Answer:
    found = call.find(call.number("id"), "cost_code", project=call.project())
    return Answer(codes.cost_code(call.store, change(call, found, call.sent("cost_code"))))


def _sync_cost_codes(call: Call) -> Answer:
    return Answer(sync(call, "cost_code", codes.cost_code, call.project()))


def _line_item_types(call: Call) -> Answer:
    # company_id and project_id are both asked for (endpoints: List Line Item Types), the types are the company's.
    call.company()
    call.project()
    return call.page("line_item_type", codes.line_item_type, filters=_ORIGIN_ID)


def _create_line_item_type(call: Call) -> Answer:
    call.company()
    return Answer(codes.line_item_type(call.store, create(call, "line_item_type", call.sent("line_item_type"))), 201)


def _sync_line_item_types(call: Call) -> Answer:
    call.company()
    return Answer(sync(call, "line_item_type", codes.line_item_type))


def _wbs_codes(call: Call) -> Answer:
    found = call.project()
    call.store.all("cost_code", call.company_id, found.id)
    return call.page("wbs_code", codes.wbs_code, project=found, filters={"updated_at": ""})


def _segments(call: Call) -> Answer:
    if "project_id" not in call.path:
        call.company()
        return call.page("segment", codes.segment, paged=False)
    custom = call.project()["custom_segments"]
    where = [] if custom else [sql.SQL("fields->>'type' <> 'custom'")]
    return call.page("segment", codes.segment, paged=False, where=where)


def _segment_items(call: Call) -> Answer:
    found = call.find(call.number("segment_id"), "segment")
    call.project() if "project_id" in call.path else call.company()
    return call.page("segment_item", codes.segment_item, parent=found)


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/rest/v1.0/standard_cost_code_lists", _code_lists),
    ("POST", "/rest/v1.0/standard_cost_code_lists", _create_code_list),
    ("GET", "/rest/v1.0/standard_cost_codes", _standard_codes),
    ("POST", "/rest/v1.0/standard_cost_codes", _create_standard_code),
    ("PATCH", "/rest/v1.0/standard_cost_codes/sync", _sync_standard_codes),
    ("GET", "/rest/v1.0/cost_codes", _cost_codes),
    ("POST", "/rest/v1.0/cost_codes", _create_cost_code),
    ("PATCH", "/rest/v1.0/cost_codes/sync", _sync_cost_codes),
    ("PATCH", "/rest/v1.0/cost_codes/{id:int}", _change_cost_code),
    ("GET", "/rest/v1.0/line_item_types", _line_item_types),
    ("POST", "/rest/v1.0/line_item_types", _create_line_item_type),
    ("PATCH", "/rest/v1.0/line_item_types/sync", _sync_line_item_types),
    ("GET", "/rest/v1.0/projects/{project_id:int}/work_breakdown_structure/wbs_codes", _wbs_codes),
    ("GET", "/rest/v1.0/companies/{company_id:int}/work_breakdown_structure/segments", _segments),
    ("GET", "/rest/v1.0/projects/{project_id:int}/work_breakdown_structure/segments", _segments),
    (
        "GET",
        "/rest/v1.0/companies/{company_id:int}/work_breakdown_structure/segments/{segment_id:int}/segment_items",
        _segment_items,
    ),
    (
        "GET",
        "/rest/v1.0/projects/{project_id:int}/work_breakdown_structure/segments/{segment_id:int}/segment_items",
        _segment_items,
    ),
)
