"""Calls that only probes of Procore make: records of a test project that are made, changed and deleted again.

Sources: developers.procore.com/reference/rest (prime contract, prime contract line items, budget line items, direct
costs) and .../documentation/using-sync-actions. That a budget line is deleted by version 2 is published, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.ids import Id, body_id, company_scope, path_id

Record = dict[str, Any]


def _put(client: ProcoreClient, path: str, scope: Mapping[str, Any], update: Mapping[str, Any]) -> Record:
    """Write one record by a sync action.

    Raises:
        Refused: Procore refused it.
        SourceFault: it could not be written, or what became of it is not known.
    """
    row = next(client.sync_rows(path, scope, [update]))
    if row.fault is not None:
        raise row.fault
    return dict(row.entity or {})


def prime_contracts_by_origin(client: ProcoreClient, project_id: Id, origin_id: str) -> Iterator[Record]:
    """The prime contracts that the list shows for an origin id, whether it honours the filter or not."""
    return client.pages(
        "/rest/v1.0/prime_contracts", {"project_id": path_id(project_id), "filters[origin_id]": origin_id}
    )


def create_prime_contract(client: ProcoreClient, project_id: Id, fields: Mapping[str, Any]) -> Record:
    """Create a prime contract, sent once."""
    body = {"project_id": body_id(project_id), "prime_contract": dict(fields)}
    made: Record = client.post("/rest/v1.0/prime_contract", body)
    return made


def set_status(client: ProcoreClient, project_id: Id, contract_id: Id, status: str) -> None:
    """Change the status of a prime contract."""
    body = {"project_id": body_id(project_id), "prime_contract": {"status": status}}
    client.patch(f"/rest/v1.0/prime_contract/{path_id(contract_id)}", body)


def delete_prime_contract(client: ProcoreClient, project_id: Id, contract_id: Id) -> None:
    """Delete a prime contract with its lines."""
    client.delete(f"/rest/v1.0/prime_contract/{path_id(contract_id)}", params={"project_id": path_id(project_id)})


def add_line(client: ProcoreClient, project_id: Id, contract_id: Id, fields: Mapping[str, Any]) -> Record:
    """Add a line to a prime contract, sent once; its reference requires the project in the query and in the body."""
    path = f"/rest/v1.0/prime_contracts/{path_id(contract_id)}/line_items"
    body = {"project_id": body_id(project_id), "line_item": dict(fields)}
    made: Record = client.post(path, body, {"project_id": path_id(project_id)})
    return made


def change_line(client: ProcoreClient, project_id: Id, contract_id: Id, line_id: Id, amount: str) -> Record:
    """Set the amount of a line of a prime contract; raises as `_put`."""
    path = f"/rest/v1.0/prime_contracts/{path_id(contract_id)}/line_items/sync?project_id={path_id(project_id)}"
    return _put(client, path, {}, {"id": body_id(line_id), "amount": amount})


def create_budget_line(client: ProcoreClient, project_id: Id, wbs_code_id: Id) -> Record:
    """Create a budget line of 0, sent once."""
    line = {"wbs_code_id": body_id(wbs_code_id), "original_budget_amount": 0, "calculation_strategy": "manual"}
    body = {"project_id": body_id(project_id), "budget_line_item": line}
    made: Record = client.post("/rest/v1.1/budget_line_items", body)
    return made


def sync_budget_line(client: ProcoreClient, project_id: Id, wbs_code_id: Id) -> list[Record]:
    """Sync a budget line of 0 without its id, sent once; the lines that it answers with."""
    line = {"wbs_code_id": body_id(wbs_code_id), "original_budget_amount": 0, "calculation_strategy": "manual"}
    body = {"project_id": body_id(project_id), "budget_line_items": [line]}
    answered: list[Record] = client.post("/rest/v1.0/budget_line_items/sync", body)
    return answered


def delete_budget_line(client: ProcoreClient, project_id: Id, line_id: Id) -> None:
    """Delete a budget line."""
    root = f"/rest/v2.0/companies/{client.company_id}/projects/{path_id(project_id)}"
    client.delete(f"{root}/budget_line_items/{path_id(line_id)}")


def direct_costs(client: ProcoreClient, project_id: Id) -> Iterator[Record]:
    """The direct costs of a project."""
    return client.pages(f"/rest/v1.1/projects/{path_id(project_id)}/direct_costs")


def put_direct_cost(client: ProcoreClient, project_id: Id, fields: Mapping[str, Any]) -> Record:
    """Create a direct cost by its origin id, or change it; raises as `_put`."""
    return _put(client, f"/rest/v1.0/projects/{path_id(project_id)}/direct_costs/sync", {}, fields)


def put_direct_cost_line(client: ProcoreClient, project_id: Id, fields: Mapping[str, Any]) -> Record:
    """Create a line of a direct cost by its origin id, or change it by its id; raises as `_put`."""
    path = f"/rest/v1.0/projects/{path_id(project_id)}/direct_costs/line_items/sync"
    return _put(client, path, {}, fields)


def delete_direct_cost(client: ProcoreClient, project_id: Id, record_id: Id) -> None:
    """Delete a direct cost with its lines."""
    client.delete(f"/rest/v1.0/projects/{path_id(project_id)}/direct_costs/{path_id(record_id)}")


def set_company_origin(client: ProcoreClient, vendor_id: Id, origin_id: str) -> None:
    """Replace the origin id of a company, and nothing else of it; raises as `_put`."""
    update = {"id": body_id(vendor_id), "origin_id": origin_id}
    _put(client, "/rest/v1.0/vendors/sync", company_scope(client), update)
