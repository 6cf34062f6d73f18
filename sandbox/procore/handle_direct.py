"""Handlers of the stand-in Procore: direct costs of projects and their lines.

Certain: paths and fields, that deleting one answers 200 with its id. Assumed: that a tool that is switched off answers
403; what is a switch.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.procore import shapes_codes as codes
from sandbox.procore.answers import Answer, ApiError, invalid
from sandbox.procore.calls import Call, Handler
from sandbox.procore.store import Record, Store
from sandbox.procore.writes import sync

_TOOL = "direct_costs"


def _project(call: Call) -> Record:
    """The project of the call.

    Raises:
        ApiError: 403 where its tool is switched off.
    """
    project = call.project()
    if _TOOL in (project["tools_off"] or ()) and not (call.ways.direct_costs_shown and not call.body):
        raise ApiError(403, "You do not have permission to perform this action")
    return project


def _shape(store: Store, record: Record) -> dict[str, Any]:
    lines = store.children("direct_cost_line", [record.id])
    names = ("description", "direct_cost_type", "direct_cost_date", "invoice_number", "status", "terms", "vendor_id")
    return {
        "id": record.id,
        **{name: record[name] for name in names},
        "grand_total": f"{sum((Decimal(line['amount'] or 0) for line in lines), Decimal(0)):.2f}",
        "line_items_count": len(lines),
        "deleted_at": None,
        "origin_id": record.origin_id,
        "origin_data": record.origin_data,
        **record.times,
    }


def _line(store: Store, record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "direct_cost_id": record.parent_id,
        "amount": record["amount"],
        "description": record["description"],
        "extended_type": record["extended_type"] or "manual",
        "wbs_code": codes.wbs_reference(store, record["wbs_code_id"]),
        "origin_id": record.origin_id,
        "origin_data": record.origin_data,
        **record.times,
    }


def _list(call: Call) -> Answer:
    return call.page("direct_cost", _shape, project=_project(call), filters={"id": "id", "status": "status"})


def _sync(call: Call) -> Answer:
    return sync(call, "direct_cost", _shape, _project(call))


def _sync_lines(call: Call) -> Answer:
    project = _project(call)

    def owner(update: Mapping[str, Any]) -> Record:
        if update.get("direct_cost_id") is None:
            raise invalid(direct_cost_id="can't be blank")
        return call.find(int(update["direct_cost_id"]), "direct_cost", project=project)

    return sync(call, "direct_cost_line", _line, project, parent_of=owner)


def _delete(call: Call) -> Answer:
    found = call.find(call.number("id"), "direct_cost", project=_project(call))
    for line in call.store.children("direct_cost_line", [found.id]):
        call.store.delete(line)
    call.store.delete(found)
    return Answer({"id": found.id})


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/rest/v1.1/projects/{project_id:int}/direct_costs", _list),
    ("PATCH", "/rest/v1.0/projects/{project_id:int}/direct_costs/sync", _sync),
    ("PATCH", "/rest/v1.0/projects/{project_id:int}/direct_costs/line_items/sync", _sync_lines),
    ("DELETE", "/rest/v1.0/projects/{project_id:int}/direct_costs/{id:int}", _delete),
)
