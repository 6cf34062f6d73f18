"""Handlers of the stand-in Procore: commitments and prime contracts with their lines."""

from sandbox.procore import shapes_contracts as shapes
from sandbox.procore.answers import Answer, ApiError
from sandbox.procore.calls import Call, Handler
from sandbox.procore.store import Record
from sandbox.procore.writes import change, create, sync

COMMITMENTS = ("work_order_contract", "purchase_order_contract")
_TIMES = {"created_at": "", "updated_at": ""}
_FILTERS = {**_TIMES, "id": "id", "status": "status", "origin_id": "origin_id", "include_deleted": ""}
_LINE_FILTERS = {**_TIMES, "id": "id", "cost_code_id": "cost_code_id", "line_item_type_id": "line_item_type_id"}
_TYPES = {"WorkOrderContract": ("work_order_contract",), "PurchaseOrderContract": ("purchase_order_contract",)}


def preload(call: Call, project: Record) -> None:
    """Read what lines of contracts and change orders refer to at once, not line by line."""
    for kind in ("cost_code", "wbs_code"):
        call.store.all(kind, call.company_id, project.id)


def _contract(call: Call, name: str, *kinds: str) -> Record:
    project = call.project()
    preload(call, project)
    return call.find(call.number(name), *kinds, project=project)


def _routes_of(kind: str, listed: str, single: str, filters: dict[str, str]) -> tuple[tuple[str, str, Handler], ...]:
    """The routes that the contracts of one kind have in common."""

    def many(call: Call) -> Answer:
        ignored = kind == "prime_contract" and not call.ways.prime_origin_filter
        kept = {name: column for name, column in filters.items() if name != "origin_id" or not ignored}
        return call.page(kind, shapes.contract_row, project=call.project(), filters=kept)

    def one(call: Call) -> Answer:
        return Answer(shapes.contract(call.store, _contract(call, "id", kind)))

    def create_one(call: Call) -> Answer:
        sent = {"status": "Draft", "accounting_method": "amount", **call.sent(kind)}
        return Answer(shapes.contract(call.store, create(call, kind, sent, call.project())), 201)

    def change_one(call: Call) -> Answer:
        changed = change(call, _contract(call, "id", kind), call.sent(kind))
        return Answer(shapes.contract(call.store, changed))

    def delete_one(call: Call) -> Answer:
        found = _contract(call, "id", kind)
        for line in call.store.children("contract_line", [found.id]):
            call.store.delete(line)
        call.store.delete(found)
        return Answer(None, 204)

    def sync_many(call: Call) -> Answer:
        return sync(call, kind, shapes.contract_row, call.project())

    def lines(call: Call) -> Answer:
        found = _contract(call, "contract_id", kind)
        return call.page("contract_line", shapes.line, parent=found, filters=_LINE_FILTERS)

    def sync_lines(call: Call) -> Answer:
        _project_in_query(call)
        found = _contract(call, "contract_id", kind)
        return sync(call, "contract_line", shapes.line, call.project(), found)

    def create_line(call: Call) -> Answer:
        _project_in_query(call)
        found = _contract(call, "contract_id", kind)
        made = create(call, "contract_line", call.sent("line_item"), call.project(), found)
        return Answer(shapes.line(call.store, made), 201)

    return (
        ("GET", listed, many),
        ("POST", single, create_one),
        ("PATCH", f"{listed}/sync", sync_many),
        ("GET", f"{single}/{{id:int}}", one),
        ("PATCH", f"{single}/{{id:int}}", change_one),
        ("DELETE", f"{single}/{{id:int}}", delete_one),
        ("GET", f"{listed}/{{contract_id:int}}/line_items", lines),
        ("POST", f"{listed}/{{contract_id:int}}/line_items", create_line),
        ("PATCH", f"{listed}/{{contract_id:int}}/line_items/sync", sync_lines),
    )


def _project_in_query(call: Call) -> None:
    """Lines are written with their project in the query, as their reference requires, wherever else it is named.

    Raises:
        ApiError: 400 without it.
    """
    if not call.query.get("project_id"):
        raise ApiError(400, "param is missing or the value is empty: project_id")


def _commitments_v2(call: Call) -> Answer:
    kinds = _TYPES.get(call.query.get("filters[type]", ""), COMMITMENTS)
    return call.page(kinds, shapes.contract_v2, project=call.project(), filters={**_TIMES, "status": "status"})


def _commitment_v2(call: Call) -> Answer:
    return Answer(shapes.contract_v2(call.store, _contract(call, "id", *COMMITMENTS)))


def _primes_v2(call: Call) -> Answer:
    return call.page("prime_contract", shapes.contract_v2, project=call.project(), filters={**_TIMES, "id": "id"})


def _lines_v2(call: Call) -> Answer:
    found = _contract(call, "contract_id", *COMMITMENTS, "prime_contract")
    return call.page("contract_line", shapes.line_v2, parent=found)


_PROJECT_V2 = "/rest/v2.0/companies/{company_id:int}/projects/{project_id:int}"

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    *_routes_of("work_order_contract", "/rest/v1.0/work_order_contracts", "/rest/v1.0/work_order_contracts", _FILTERS),
    *_routes_of(
        "purchase_order_contract",
        "/rest/v1.0/purchase_order_contracts",
        "/rest/v1.0/purchase_order_contracts",
        _FILTERS,
    ),
    *_routes_of(
        "prime_contract",
        "/rest/v1.0/prime_contracts",
        "/rest/v1.0/prime_contract",
        {"id": "id", "updated_at": "", "origin_id": "origin_id"},
    ),
    ("GET", f"{_PROJECT_V2}/commitment_contracts", _commitments_v2),
    ("GET", f"{_PROJECT_V2}/commitment_contracts/{{id:int}}", _commitment_v2),
    ("GET", f"{_PROJECT_V2}/commitment_contracts/{{contract_id:int}}/line_items", _lines_v2),
    ("GET", f"{_PROJECT_V2}/prime_contracts", _primes_v2),
    ("GET", f"{_PROJECT_V2}/prime_contracts/{{contract_id:int}}/line_items", _lines_v2),
)
