"""Handlers of the stand-in Procore: budget modifications, the budget tool's changes before there were budget changes.

Published (tutorial-budget-changes-api): a company that has moved to budget changes may go on reading its modifications;
what writes them is answered 405 with `Allow: GET`. Here that is said of a project (`legacy_budget`), so that one
company has both; the fault `procore_budgets_moved` moves all.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.procore.answers import Answer, ApiError, invalid
from sandbox.procore.calls import Call, Handler
from sandbox.procore.store import Record, Store
from sandbox.procore.writes import change, create

_KIND = "budget_modification"
_REQUIRED = ("to_budget_line_item_id", "transfer_amount")
_FIELDS = ("from_budget_line_item_id", "notes", "to_budget_line_item_id", "transfer_amount")


def moved() -> ApiError:
    """Return the refusal of a write once budget changes have come."""
    text = "Budget Modifications are not available any more: this company has migrated to Budget Changes"
    return ApiError(405, text, headers={"Allow": "GET"})


def _shape(_: Store, record: Record) -> dict[str, Any]:
    """A modification: no number, no title, no status, no origin code."""
    shown = {name: record[name] for name in _FIELDS}
    return {
        "id": record.id,
        **shown,
        "origin_id": record.origin_id,
        "origin_data": record.origin_data,
        **record.times,
    }


def _list(call: Call) -> Answer:
    return call.page(_KIND, _shape, project=call.project())


def _show(call: Call) -> Answer:
    return Answer(_shape(call.store, _found(call)))


def _create(call: Call) -> Answer:
    project = _legacy(call)
    sent = _checked(call.sent(_KIND))
    return Answer(_shape(call.store, create(call, _KIND, sent, project)), 201)


def _update(call: Call) -> Answer:
    _legacy(call)
    found = _found(call)
    return Answer(_shape(call.store, change(call, found, _checked(call.sent(_KIND)))))


def _delete(call: Call) -> Answer:
    _legacy(call)
    call.store.delete(_found(call))
    return Answer({})


def _found(call: Call) -> Record:
    return call.find(call.number("id"), _KIND, project=call.project())


def _legacy(call: Call) -> Record:
    project = call.project()
    if not project["legacy_budget"]:
        raise moved()
    return project


def _checked(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """Line and amount are required by the update, too; the two lines are different ones."""
    missing = [name for name in _REQUIRED if sent.get(name) in (None, "")]
    if missing:
        raise ApiError(422, "Validation failed", {name: ["can't be blank"] for name in missing})
    if str(sent.get("from_budget_line_item_id")) == str(sent["to_budget_line_item_id"]):
        raise invalid(to_budget_line_item_id="must differ from from_budget_line_item_id")
    return sent


_PATH = "/rest/v1.0/projects/{project_id:int}/budget_modifications"

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", _PATH, _list),
    ("POST", _PATH, _create),
    ("GET", f"{_PATH}/{{id:int}}", _show),
    ("PATCH", f"{_PATH}/{{id:int}}", _update),
    ("DELETE", f"{_PATH}/{{id:int}}", _delete),
)
