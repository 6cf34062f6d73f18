"""Handlers of the stand-in Procore: projects, templates they are made from, and their tools.

Certain: which action takes which field, pages of at most 300, `filters[project_number]` in version 1.1 alone, and that
a service account sees only the projects it was permitted. Assumed: that a template brings its list, its codes and its
tools along; that a new project without one is on the company's default list.
"""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from sandbox.procore import shapes_company as shapes
from sandbox.procore.answers import Answer, ApiError
from sandbox.procore.calls import LARGEST_PROJECTS_PAGE, PROJECTS_PAGE, Call, Handler, Present
from sandbox.procore.handle_standard import codes_of, copy_codes
from sandbox.procore.permissions import PROJECT_TOOLS
from sandbox.procore.store import Record
from sandbox.procore.writes import change, create, sync

_TIMES = {"created_at": "", "updated_at": ""}
_PERMITTED = sql.SQL("(fields->>'permitted')::boolean")
_FILTERS = {**_TIMES, "origin_id": "origin_id", "id": "id", "name": "name"}
_FROM_TEMPLATE = {"from_project_template_id": "project_template_id"}


def _list(call: Call, shape: Present, filters: Mapping[str, str]) -> Answer:
    call.company()
    where: list[sql.Composable] = [_PERMITTED]
    status = call.query.get("filters[by_status]", "Active")
    if status not in {"All", "Active", "Inactive"}:
        raise ApiError(400, "filters[by_status] is none of All, Active, Inactive")
    if status != "All":
        where.append(sql.SQL("(fields->>'active')::boolean = {}").format(sql.Literal(status == "Active")))
    if (synced := call.query.get("filters[synced]")) is not None:
        where.append(sql.SQL("(origin_id IS NOT NULL) = {}").format(sql.Literal(synced == "true")))
    sizes = (PROJECTS_PAGE, LARGEST_PROJECTS_PAGE)
    return call.page("project", _days(call, shape), filters={**_FILTERS, **filters}, where=where, sizes=sizes)


def _days(call: Call, shape: Present) -> Present:
    return shapes.with_midnights(shape) if call.ways.midnight_days else shape


def _version_1_0(call: Call) -> Answer:
    compact = call.query.get("serializer_view") == "compact"
    return _list(call, shapes.compact_project if compact else shapes.project_row, _FROM_TEMPLATE)


def _version_1_1(call: Call) -> Answer:
    return _list(call, shapes.project, {"project_number": "project_number"})


def _of_company(call: Call) -> Answer:
    call.company()
    return call.page("project", shapes.project_summary, where=[_PERMITTED])


def _show(call: Call) -> Answer:
    call.company()
    return _shown(call, _own(call))


def _shown(call: Call, project: Record, status: int = 200) -> Answer:
    return Answer(_days(call, shapes.project)(call.store, project), status)


def _own(call: Call) -> Record:
    return call.visible(call.find(call.number("id"), "project"))


def _create(call: Call) -> Answer:
    call.company()
    sent = call.sent("project")
    return _shown(call, _found_project(call, create(call, "project", sent), sent), 201)


def _found_project(call: Call, made: Record, sent: Mapping[str, Any]) -> Record:
    """What happens to a project that has just been created: template, list, codes, and who may see it."""
    store = call.store
    template = store.get(made["project_template_id"])
    code_list = template["standard_cost_code_list_id"] if template else _default_list(call)
    # A new project is not among the permitted ones until an administrator adds it (procore-api.md, DMSA), unless the
    # account's permission template has *Add to all new projects*; whether its own are is a switch.
    fields: dict[str, Any] = {
        "permitted": call.ways.new_projects_seen,
        "budget_locked": False,
        "erp_integrated": bool(made["erp_integrated"]),
        "standard_cost_code_list_id": code_list,
        "tools_off": list(template["tools_off"] or ()) if template else [],
    }
    project = store.update(made, fields)
    # "does not have any impact when using a project template"
    if template is not None:
        wanted = template["standard_cost_code_ids"] or []
        copy_codes(call, project, [code for code in codes_of(call, code_list) if code.id in wanted])
    elif sent.get("enable_copy_of_standard_cost_codes") is True and code_list is not None:
        copy_codes(call, project, codes_of(call, code_list))
    return project


def _default_list(call: Call) -> int | None:
    """The company's list for new projects, which need not be the one that comes from the ERP system."""
    lists = call.store.all("standard_cost_code_list", call.company_id)
    chosen = [each for each in lists if each["is_default"]] or lists
    return chosen[0].id if chosen else None


def _change(call: Call) -> Answer:
    """A template is taken at creation only: one that comes later is ignored."""
    call.company()
    sent = {name: value for name, value in call.sent("project").items() if name != "project_template_id"}
    return _shown(call, change(call, _own(call), sent))


def _sync(call: Call) -> Answer:
    call.company()
    return sync(call, "project", _days(call, shapes.project_row), made=_found_project)


def _templates(call: Call) -> Answer:
    call.company()
    return call.page("project_template", shapes.project_template)


def _tools(call: Call) -> Answer:
    off = frozenset(call.project()["tools_off"] or ())
    wanted = call.query.get("filters[is_active]")
    shown = [
        {
            "id": place,
            "engine_name": name,
            "is_active": name not in off,
            "position": place,
            "required": name in {"home", "directory", "admin"},
            "title": title,
        }
        for place, (name, title) in enumerate(PROJECT_TOOLS, start=1)
        if wanted is None or (name not in off) == (wanted == "true")
    ]
    if call.ways.active_tools_alone:
        kept = ("id", "engine_name", "title")
        shown = [{name: tool[name] for name in kept} for tool in shown if tool["is_active"]]
    return Answer(shown)


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/rest/v1.0/projects", _version_1_0),
    ("GET", "/rest/v1.1/projects", _version_1_1),
    ("POST", "/rest/v1.0/projects", _create),
    ("PATCH", "/rest/v1.0/projects/sync", _sync),
    ("GET", "/rest/v1.0/projects/{id:int}", _show),
    ("PATCH", "/rest/v1.0/projects/{id:int}", _change),
    ("GET", "/rest/v1.0/companies/{company_id:int}/projects", _of_company),
    ("GET", "/rest/v1.0/project_templates", _templates),
    ("GET", "/rest/v1.0/projects/{project_id:int}/tools", _tools),
)
