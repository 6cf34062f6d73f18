"""Handlers of the stand-in Procore: the companies of the directory, which its API calls vendors.

Certain: paths, bodies, the view `extended` where none is named, reactivation as a call without a body. Assumed, and a
switch each: whether the list shows inactive companies, whether one is shown, or can be changed, before it is
reactivated, and whether the list of inactive ones says of each that it is.
"""

from psycopg import sql

from sandbox.procore import shapes_company as shapes
from sandbox.procore.answers import Answer, ApiError
from sandbox.procore.calls import Call, Handler, Present
from sandbox.procore.store import Record
from sandbox.procore.writes import change, create, sync

_TIMES = {"created_at": "", "updated_at": ""}
_ACTIVE = sql.SQL("(fields->>'is_active')::boolean")
_INACTIVE = sql.SQL("NOT (fields->>'is_active')::boolean")


def _shape(call: Call) -> Present:
    return shapes.compact_vendor if call.query.get("view") == "compact" else shapes.vendor


def _list(call: Call) -> Answer:
    call.company()
    where = _search(call) + ([] if call.ways.inactive_listed else [_ACTIVE])
    return call.page("vendor", _shape(call), filters={**_TIMES, "origin_id": "origin_id", "id": "id"}, where=where)


def _search(call: Call) -> list[sql.Composable]:
    text = call.query.get("filters[search]")
    if not text:
        return []
    exact = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    # Beside placeholders a percent sign is written twice.
    pattern = sql.Literal(f"%{exact}%".replace("%", "%%"))
    return [sql.SQL("(fields->>'name' ILIKE {0} OR origin_code ILIKE {0})").format(pattern)]


def _list_inactive(call: Call) -> Answer:
    """Inactive companies: a list that has pages and views, and no filters."""
    call.company()
    shape = _shape(call) if call.ways.inactive_flagged else _without_flag(_shape(call))
    return call.page("vendor", shape, where=[_INACTIVE])


def _without_flag(shape: Present) -> Present:
    return lambda store, record: {name: value for name, value in shape(store, record).items() if name != "is_active"}


def _show(call: Call) -> Answer:
    found = _found(call)
    if not found["is_active"] and not call.ways.inactive_shown:
        raise ApiError(404, "Not found")
    return Answer(_shape(call)(call.store, found))


def _found(call: Call) -> Record:
    call.company()
    return call.find(call.number("id"), "vendor")


def _create(call: Call) -> Answer:
    call.company()
    return Answer(_shape(call)(call.store, create(call, "vendor", call.sent("vendor"))), 201)


def _change(call: Call) -> Answer:
    found = _found(call)
    if not found["is_active"] and not call.ways.inactive_writable:
        raise ApiError(404, "Not found")
    return Answer(_shape(call)(call.store, change(call, found, call.sent("vendor"))))


def _reactivate(call: Call) -> Answer:
    found = _found(call)
    if found["is_active"]:
        raise ApiError(404, "Not found")
    return Answer(_shape(call)(call.store, change(call, found, {"is_active": True})))


def _sync(call: Call) -> Answer:
    call.company()
    return sync(call, "vendor", shapes.vendor)


_INACTIVE_PATH = "/rest/v1.0/companies/{company_id:int}/vendors/inactive"

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/rest/v1.0/vendors", _list),
    ("POST", "/rest/v1.0/vendors", _create),
    ("PATCH", "/rest/v1.0/vendors/sync", _sync),
    ("GET", "/rest/v1.0/vendors/{id:int}", _show),
    ("PATCH", "/rest/v1.0/vendors/{id:int}", _change),
    ("GET", _INACTIVE_PATH, _list_inactive),
    ("PATCH", f"{_INACTIVE_PATH}/{{id:int}}", _reactivate),
)
