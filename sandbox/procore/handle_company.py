"""Handlers of the stand-in Procore: companies, vendors and projects."""

from psycopg import sql

from sandbox.procore import shapes_company as shapes
from sandbox.procore.answers import Answer, ApiError
from sandbox.procore.calls import LARGEST_PROJECTS_PAGE, PROJECTS_PAGE, Call, Handler, Present
from sandbox.procore.store import Record
from sandbox.procore.writes import change, create, sync

_TIMES = {"created_at": "", "updated_at": ""}
_ORIGIN_ID = {"origin_id": "origin_id"}
_PERMITTED = sql.SQL("(fields->>'permitted')::boolean")


def _companies(call: Call) -> Answer:
    return call.page("company", shapes.company)


def _me(call: Call) -> Answer:
    return Answer({"id": call.company_id * 10, "login": "service-account@procore.example", "name": "Service Account"})


def _vendor_shape(call: Call) -> Present:
    return shapes.compact_vendor if call.query.get("view") == "compact" else shapes.vendor


def _vendors(call: Call) -> Answer:
    call.company()
    filters = {**_TIMES, **_ORIGIN_ID, "id": "id"}
    return call.page("vendor", _vendor_shape(call), filters=filters, where=_search(call))


def _search(call: Call) -> list[sql.Composable]:
    text = call.query.get("filters[search]")
    if not text:
        return []
    pattern = sql.Literal("%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
    return [sql.SQL("(fields->>'name' ILIKE {0} OR origin_code ILIKE {0})").format(pattern)]


def _user(call: Call) -> Answer:
    call.company()
    return Answer(shapes.user(call.store, call.find(call.number("id"), "user")))


def _inactive_vendors(call: Call) -> Answer:
    call.company()
    inactive = sql.SQL("NOT (fields->>'is_active')::boolean")
    return call.page("vendor", shapes.vendor, filters=_TIMES, where=[inactive])


def _vendor(call: Call) -> Answer:
    call.company()
    return Answer(_vendor_shape(call)(call.store, call.find(call.number("id"), "vendor")))


def _create_vendor(call: Call) -> Answer:
    call.company()
    made = create(call, "vendor", {"is_active": True, **call.sent("vendor")})
    return Answer(shapes.vendor(call.store, made), 201)


def _change_vendor(call: Call) -> Answer:
    call.company()
    found = call.find(call.number("id"), "vendor")
    return Answer(shapes.vendor(call.store, change(call, found, call.sent("vendor"))))


def _sync_vendors(call: Call) -> Answer:
    call.company()
    return Answer(sync(call, "vendor", shapes.vendor))


def _list_projects(call: Call, shape: Present) -> Answer:
    call.company()
    where: list[sql.Composable] = [_PERMITTED]
    status = call.query.get("filters[by_status]", "Active")
    if status not in {"All", "Active", "Inactive"}:
        raise ApiError(400, "filters[by_status] is none of All, Active, Inactive")
    if status != "All":
        where.append(sql.SQL("(fields->>'active')::boolean = {}").format(sql.Literal(status == "Active")))
    if (synced := call.query.get("filters[synced]")) is not None:
        where.append(sql.SQL("(origin_id IS NOT NULL) = {}").format(sql.Literal(synced == "true")))
    filters = {**_TIMES, **_ORIGIN_ID, "id": "id", "name": "name", "project_number": "project_number"}
    return call.page("project", shape, filters=filters, where=where, sizes=(PROJECTS_PAGE, LARGEST_PROJECTS_PAGE))


def _projects(call: Call) -> Answer:
    return _list_projects(call, shapes.project_row)


def _projects_1_1(call: Call) -> Answer:
    return _list_projects(call, shapes.project)


def _company_projects(call: Call) -> Answer:
    call.company()
    return call.page("project", shapes.project_summary, where=[_PERMITTED])


def _project(call: Call) -> Answer:
    call.company()
    return Answer(shapes.project(call.store, _own_project(call)))


def _own_project(call: Call) -> Record:
    return call.visible(call.find(call.number("id"), "project"))


def _create_project(call: Call) -> Answer:
    call.company()
    made = create(call, "project", {"active": True, **call.sent("project")})
    # A new project is not among the permitted ones until an administrator adds it (procore-api.md, DMSA).
    call.store.update(made, {"permitted": False})
    return Answer(shapes.project(call.store, made), 201)


def _change_project(call: Call) -> Answer:
    call.company()
    sent = call.sent("project")
    return Answer(shapes.project(call.store, change(call, _own_project(call), sent)))


def _sync_projects(call: Call) -> Answer:
    call.company()
    return Answer(sync(call, "project", shapes.project))


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/rest/v1.0/companies", _companies),
    ("GET", "/rest/v1.0/me", _me),
    ("GET", "/rest/v1.0/vendors", _vendors),
    ("POST", "/rest/v1.0/vendors", _create_vendor),
    ("PATCH", "/rest/v1.0/vendors/sync", _sync_vendors),
    ("GET", "/rest/v1.0/vendors/{id:int}", _vendor),
    ("PATCH", "/rest/v1.0/vendors/{id:int}", _change_vendor),
    ("GET", "/rest/v1.0/companies/{company_id:int}/vendors/inactive", _inactive_vendors),
    ("GET", "/rest/v1.3/companies/{company_id:int}/users/{id:int}", _user),
    ("GET", "/rest/v1.0/projects", _projects),
    ("GET", "/rest/v1.1/projects", _projects_1_1),
    ("POST", "/rest/v1.0/projects", _create_project),
    ("PATCH", "/rest/v1.0/projects/sync", _sync_projects),
    ("GET", "/rest/v1.0/projects/{id:int}", _project),
    ("PATCH", "/rest/v1.0/projects/{id:int}", _change_project),
    ("GET", "/rest/v1.0/companies/{company_id:int}/projects", _company_projects),
)
