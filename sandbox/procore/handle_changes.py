"""Handlers of the stand-in Procore: change orders of commitments and prime contracts.

One record is a change order package, its one potential change order (one-tier projects create both) and, on a prime
contract, a prime change order; each view has an id of its own.
"""

from psycopg import sql

from sandbox.procore import shapes_changes as shapes
from sandbox.procore.answers import Answer, ApiError
from sandbox.procore.calls import Call, Handler, Present
from sandbox.procore.handle_contracts import preload
from sandbox.procore.kinds import CHANGE_ORDER_STATUSES
from sandbox.procore.shapes_contracts import line, line_v2
from sandbox.procore.store import Record
from sandbox.procore.writes import change, sync

_KIND = "change_order_package"
_COMMITMENT, _PRIME = "CommitmentContractChangeOrder", "PrimeContractChangeOrder"
_TIMES = {"created_at": "", "updated_at": ""}
_DATES = {name: name for name in ("reviewed_at", "due_date", "invoiced_date", "paid_date")}
_ONLY_PRIME = sql.SQL("fields->>'type' = 'PrimeContractChangeOrder'")


def _packages(call: Call) -> Answer:
    return _of_contract(call, shapes.change_row, {**_TIMES, **_DATES, "id": "id", "include_deleted": ""})


def _potentials(call: Call) -> Answer:
    filters = {**_TIMES, **_DATES, "id": "potential_id", "contract_id": "parent_id", "include_deleted": ""}
    return call.page(_KIND, shapes.potential_row, project=call.project(), filters=filters)


def _of_contract(call: Call, shape: Present, filters: dict[str, str]) -> Answer:
    project = call.project()
    if not call.query.get("contract_id"):
        return call.page(_KIND, shape, project=project, filters=filters)
    kinds = ("work_order_contract", "purchase_order_contract", "prime_contract")
    contract = call.find(call.number("contract_id"), *kinds, project=project)
    return call.page(_KIND, shape, project=project, parent=contract, filters=filters)


def _found_package(call: Call) -> Record:
    project = call.project()
    preload(call, project)
    return call.find(call.number("id"), _KIND, project=project)


def _package(call: Call) -> Answer:
    return Answer(shapes.change(call.store, _found_package(call)))


def _change_package(call: Call) -> Answer:
    return Answer(shapes.change(call.store, change(call, _found_package(call), call.sent("change_order"))))


def _by(call: Call, attribute: str, parameter: str, *, type_name: str = "") -> Record:
    """The package that has this id as potential or prime change order."""
    project = call.project()
    preload(call, project)
    wanted = call.number(parameter)
    for record in call.store.all(_KIND, call.company_id, project.id):
        if record[attribute] == wanted and type_name in ("", record["type"]):
            return record
    raise ApiError(404, "Not found")


def _potential(call: Call) -> Answer:
    return Answer(shapes.potential(call.store, _by(call, "potential_id", "id")))


def _potential_lines(call: Call) -> Answer:
    return call.page("change_order_line", line, parent=_by(call, "potential_id", "potential_change_order_id"))


def _sync_potential_lines(call: Call) -> Answer:
    found = _by(call, "potential_id", "potential_change_order_id")
    return sync(call, "change_order_line", line, call.project(), found)


def _primes(call: Call) -> Answer:
    filters = {**_TIMES, "id": "prime_change_id", "contract_id": "parent_id", "status": "status"}
    return call.page(_KIND, shapes.prime_change, project=call.project(), filters=filters, where=[_ONLY_PRIME])


def _prime(call: Call) -> Answer:
    return Answer(shapes.prime_change(call.store, _by(call, "prime_change_id", "id", type_name=_PRIME)))


def _change_prime(call: Call) -> Answer:
    """Prime change orders have no origin fields: those that are sent are ignored."""
    found = _by(call, "prime_change_id", "id", type_name=_PRIME)
    changed = change(call, found, call.sent("change_order"), frozenset())
    return Answer(shapes.prime_change(call.store, changed))


def _prime_lines_v2(call: Call) -> Answer:
    found = _by(call, "prime_change_id", "change_order_id", type_name=_PRIME)
    return call.page("change_order_line", line_v2, parent=found)


def _commitment_lines_v2(call: Call) -> Answer:
    project = call.project()
    found = call.find(call.number("change_order_id"), _KIND, project=project)
    if found["type"] != _COMMITMENT:
        raise ApiError(404, "Not found")
    preload(call, project)
    return call.page("change_order_line", line_v2, parent=found)


def _statuses(call: Call) -> Answer:
    call.company()
    shown = [
        {"id": place, "name": name.replace("_", " ").title(), "mapped_to_status": name, "show_in_select": True}
        for place, name in enumerate(CHANGE_ORDER_STATUSES, start=1)
    ]
    return Answer(shown)


_V1 = "/rest/v1.0"
_PROJECT = f"{_V1}/projects/{{project_id:int}}"
_PROJECT_V2 = "/rest/v2.0/companies/{company_id:int}/projects/{project_id:int}"

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", f"{_V1}/change_order_packages", _packages),
    ("GET", f"{_V1}/change_order_packages/{{id:int}}", _package),
    ("PATCH", f"{_V1}/change_order_packages/{{id:int}}", _change_package),
    ("GET", f"{_V1}/potential_change_orders", _potentials),
    ("GET", f"{_V1}/potential_change_orders/{{id:int}}", _potential),
    ("GET", f"{_V1}/potential_change_orders/{{potential_change_order_id:int}}/line_items", _potential_lines),
    (
        "PATCH",
        f"{_V1}/potential_change_orders/{{potential_change_order_id:int}}/line_items/sync",
        _sync_potential_lines,
    ),
    ("GET", f"{_V1}/change_order/statuses", _statuses),
    ("GET", f"{_PROJECT}/prime_change_orders", _primes),
    ("GET", f"{_PROJECT}/prime_change_orders/{{id:int}}", _prime),
    ("PATCH", f"{_PROJECT}/prime_change_orders/{{id:int}}", _change_prime),
    ("GET", f"{_PROJECT_V2}/prime_change_orders/{{change_order_id:int}}/line_items", _prime_lines_v2),
    ("GET", f"{_PROJECT_V2}/commitment_change_orders/{{change_order_id:int}}/line_items", _commitment_lines_v2),
)
