"""Handlers of the stand-in Procore: budgets and their lock, budget views, budget changes, forecasts."""

from collections.abc import Mapping

from sandbox.procore import shapes_adjustments as adjustments
from sandbox.procore import shapes_budget as shapes
from sandbox.procore.answers import Answer, ApiError, invalid
from sandbox.procore.calls import Call, Handler
from sandbox.procore.store import Record
from sandbox.procore.writes import change, create

_UNLOCKED_ONLY = "The original_budget_amount cannot be updated for a locked budget."


def _preload(call: Call, project: Record) -> None:
    """Read what the lines of a budget refer to at once, not line by line."""
    for kind in ("cost_code", "wbs_code"):
        call.store.all(kind, call.company_id, project.id)
    call.store.all("line_item_type", call.company_id)


def _budget(call: Call) -> Answer:
    return Answer({"locked": bool(call.project()["budget_locked"])})


def _lock_budget(call: Call) -> Answer:
    return _set_lock(call, True)


def _unlock_budget(call: Call) -> Answer:
    return _set_lock(call, False)


def _set_lock(call: Call, locked: bool) -> Answer:
    project = call.store.lock(call.project().id)
    if locked and not call.store.all("budget_line", call.company_id, project.id):
        raise ApiError(400, "There is no budget to lock")
    call.store.update(project, {"budget_locked": locked})
    return Answer({"locked": locked}, 201 if locked else 200)


def _create_budget_line(call: Call) -> Answer:
    project = call.project()
    if project["budget_locked"]:
        raise invalid(base="The budget is locked")
    return Answer(
        shapes.budget_line(call.store, create(call, "budget_line", call.sent("budget_line_item"), project)), 201
    )


def _budget_line(call: Call) -> Answer:
    return Answer(shapes.budget_line(call.store, _line(call)))


def _budget_line_1_0(call: Call) -> Answer:
    return Answer(shapes.budget_line_1_0(call.store, _line(call)))


def _line(call: Call) -> Record:
    return call.find(call.number("id"), "budget_line", project=call.project())


def _change_budget_line(call: Call) -> Answer:
    return Answer(shapes.budget_line(call.store, _change_line(call, _line(call), call.sent("budget_line_item"))))


def _change_line(call: Call, line: Record, sent: Mapping[str, object]) -> Record:
    if call.project()["budget_locked"] and "original_budget_amount" in sent:
        raise invalid(original_budget_amount=_UNLOCKED_ONLY)
    return change(call, line, sent)


def _sync_budget_lines(call: Call) -> Answer:
    """POST, answered by an array, and the whole call fails with its first wrong line."""
    project = call.project()
    sent = call.body.get("budget_line_items")
    if not isinstance(sent, list) or not sent:
        raise ApiError(400, "param is missing or the value is empty: budget_line_items")
    written = []
    for item in sent:
        if not isinstance(item, Mapping):
            raise ApiError(400, "budget_line_items holds something else than objects")
        found = _synced_line(call, project, item)
        written.append(_change_line(call, found, item) if found else create(call, "budget_line", item, project))
    return Answer([shapes.budget_line(call.store, line) for line in written])


def _synced_line(call: Call, project: Record, item: Mapping[str, object]) -> Record | None:
    """The line that one of a sync call means; None: a new one.

    Raises:
        ApiError: 422 where there is one already, and this Procore does not take it for that.
    """
    if item.get("id") is not None:
        return call.find(int(str(item["id"])), "budget_line", project=project)
    there = call.store.having("budget_line", call.company_id, "wbs_code_id", item.get("wbs_code_id"), project)
    if not there or call.ways.budget_sync == "doubled":
        return None
    if call.ways.budget_sync == "refused":
        raise invalid(wbs_code_id="This Budget Code already exists")
    return there[0]


def _delete_budget_line(call: Call) -> Answer:
    call.store.delete(_line(call))
    return Answer(None, 204)


def _views(call: Call) -> Answer:
    if call.query.get("project_id"):
        call.project()
    return call.page("budget_view", shapes.view)


def _view(call: Call) -> Record:
    return call.find(call.number("budget_view_id"), "budget_view")


def _view_columns(call: Call) -> Answer:
    call.project()
    return Answer(shapes.columns(_view(call)))


def _detail_rows(call: Call) -> Answer:
    project, view = call.project(), _view(call)
    _preload(call, project)
    return call.page("budget_line", lambda store, line: shapes.detail_row(store, line, view), project=project)


def _budget_changes(call: Call) -> Answer:
    shown = call.page("budget_change", adjustments.change_summary, project=call.project(), paged=False)
    return Answer(shown.content, enveloped=True)


def _budget_change(call: Call) -> Answer:
    found = call.find(call.number("id"), "budget_change", project=call.project())
    return Answer(adjustments.budget_change(call.store, found), enveloped=True)


def _create_budget_change(call: Call) -> Answer:
    project = call.project()
    lines = call.body.get("adjustment_line_items") or []
    made = create(call, "budget_change", call.body, project)
    for place, line in enumerate(lines, start=1):
        create(call, "adjustment_line", {**line, "position": place}, project, made)
    return Answer(adjustments.budget_change(call.store, made), 201, enveloped=True)


def _adjustment_lines(call: Call) -> Answer:
    return call.page("adjustment_line", adjustments.adjustment_v2, project=call.project())


def _forecast_rows(call: Call) -> Answer:
    return call.page(
        "budget_line",
        lambda _, line: {
            "budget_line_item_id": str(line.id),
            "wbs_code_id": str(line["wbs_code_id"]),
            "start_date": None,
            "end_date": None,
            "curve": "manual",
            "forecast_to_complete": shapes.number((line["columns"] or {}).get("Forecast To Complete")),
            "periods": [],
        },
        project=call.project(),
    )


_PROJECT = "/rest/v1.0/projects/{project_id:int}"
_PROJECT_V2 = "/rest/v2.0/companies/{company_id:int}/projects/{project_id:int}"

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", f"{_PROJECT}/budget", _budget),
    ("POST", f"{_PROJECT}/budget/lock", _lock_budget),
    ("DELETE", f"{_PROJECT}/budget/lock", _unlock_budget),
    ("POST", "/rest/v1.1/budget_line_items", _create_budget_line),
    ("POST", "/rest/v1.0/budget_line_items/sync", _sync_budget_lines),
    ("GET", "/rest/v1.1/budget_line_items/{id:int}", _budget_line),
    ("GET", "/rest/v1.0/budget_line_items/{id:int}", _budget_line_1_0),
    ("PATCH", "/rest/v1.1/budget_line_items/{id:int}", _change_budget_line),
    ("DELETE", f"{_PROJECT_V2}/budget_line_items/{{id:int}}", _delete_budget_line),
    ("GET", "/rest/v1.0/budget_views", _views),
    ("GET", "/rest/v1.0/budget_views/{budget_view_id:int}/budget_detail_columns", _view_columns),
    ("GET", "/rest/v1.0/budget_views/{budget_view_id:int}/detail_rows", _detail_rows),
    ("GET", f"{_PROJECT}/budget_changes", _budget_changes),
    ("POST", f"{_PROJECT}/budget_changes", _create_budget_change),
    ("GET", f"{_PROJECT}/budget_changes/{{id:int}}", _budget_change),
    ("GET", f"{_PROJECT_V2}/budget_changes/adjustment_line_items", _adjustment_lines),
    ("GET", f"{_PROJECT_V2}/advanced_forecastings/rows", _forecast_rows),
)
