"""Handlers of the stand-in Procore: cost codes of projects, and line item types, which Spectrum calls cost types."""

from sandbox.procore import shapes_codes as codes
from sandbox.procore.answers import Answer, invalid
from sandbox.procore.calls import Call, Handler
from sandbox.procore.writes import change, create, sync

_ORIGIN_ID = {"origin_id": "origin_id"}


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
    return sync(call, "cost_code", codes.cost_code, call.project())


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
    return sync(call, "line_item_type", codes.line_item_type)


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/rest/v1.0/cost_codes", _cost_codes),
    ("POST", "/rest/v1.0/cost_codes", _create_cost_code),
    ("PATCH", "/rest/v1.0/cost_codes/sync", _sync_cost_codes),
    ("PATCH", "/rest/v1.0/cost_codes/{id:int}", _change_cost_code),
    ("GET", "/rest/v1.0/line_item_types", _line_item_types),
    ("POST", "/rest/v1.0/line_item_types", _create_line_item_type),
    ("PATCH", "/rest/v1.0/line_item_types/sync", _sync_line_item_types),
)
