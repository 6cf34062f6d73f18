"""Writes the link to Spectrum into records of Procore: origin id and origin code; their origin data are emptied.

A record with an origin id counts as synced and is locked for its users. Sources: developers.procore.com/reference/rest,
.../documentation/using-sync-actions and .../documentation/tutorial-financial-tools.
"""

from __future__ import annotations

from typing import Any, Literal

from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.ids import Id, body_id, company_scope, path_id

Record = dict[str, Any]
Commitment = Literal["work_order_contract", "purchase_order_contract"]

_NO_ORIGIN: Record = {"origin_id": None, "origin_code": None, "origin_data": None}


def mark_vendor(client: ProcoreClient, vendor_id: Id, origin_id: str, origin_code: str) -> None:
    """Mark a company as synced: Procore locks it. Repeating it does no harm.

    Args:
        client: of the Procore company.
        vendor_id: company of the directory.
        origin_id: unique among the companies of this Procore company.
        origin_code: shown as ERP ID.

    Raises:
        SyncFailed: Procore refused it, e.g. since another record has the origin id.
    """
    # By sync: it finds the record by id, is the way to replace an origin id, and does not ask for the name.
    origin = _origin(origin_id, origin_code)
    client.sync("/rest/v1.0/vendors/sync", company_scope(client), [{"id": body_id(vendor_id), **origin}])


def unmark_vendor(client: ProcoreClient, vendor_id: Id) -> None:
    """Take the mark of a company away; raises as `mark_vendor`."""
    client.sync("/rest/v1.0/vendors/sync", company_scope(client), [{"id": body_id(vendor_id), **_NO_ORIGIN}])


def mark_project(client: ProcoreClient, project_id: Id, origin_id: str, origin_code: str) -> None:
    """Mark a project as synced. Arguments as `mark_vendor`; repeating it does no harm.

    Raises:
        Refused: Procore refused it, e.g. since another project has the origin id.
        NotFound: it is gone, or not visible.
    """
    _patch_project(client, project_id, _origin(origin_id, origin_code))


def unmark_project(client: ProcoreClient, project_id: Id) -> None:
    """Take the mark of a project away; raises as `mark_project`."""
    _patch_project(client, project_id, _NO_ORIGIN)


def mark_commitment(
    client: ProcoreClient,
    kind: Commitment,
    project_id: Id,
    contract_id: Id,
    origin_id: str,
    origin_code: str,
) -> None:
    """Mark a subcontract or purchase order as synced; otherwise as `mark_project`."""
    _patch_commitment(client, kind, project_id, contract_id, _origin(origin_id, origin_code))


def unmark_commitment(client: ProcoreClient, kind: Commitment, project_id: Id, contract_id: Id) -> None:
    """Take the mark of a subcontract or purchase order away; raises as `mark_project`."""
    _patch_commitment(client, kind, project_id, contract_id, _NO_ORIGIN)


def mark_change_order_package(
    client: ProcoreClient,
    project_id: Id,
    package_id: Id,
    origin_id: str,
    origin_code: str,
) -> None:
    """Mark a change order as synced; otherwise as `mark_project`."""
    _patch_package(client, project_id, package_id, _origin(origin_id, origin_code))


def unmark_change_order_package(client: ProcoreClient, project_id: Id, package_id: Id) -> None:
    """Take the mark of a change order away; raises as `mark_project`."""
    _patch_package(client, project_id, package_id, _NO_ORIGIN)


def mark_prime_contract(client: ProcoreClient, project_id: Id, contract_id: Id, origin_id: str) -> None:
    """Mark a prime contract as synced; its update takes no origin code. Otherwise as `mark_project`."""
    _patch_prime_contract(client, project_id, contract_id, {"origin_id": origin_id, "origin_data": None})


def unmark_prime_contract(client: ProcoreClient, project_id: Id, contract_id: Id) -> None:
    """Take the mark of a prime contract away; raises as `mark_project`."""
    _patch_prime_contract(client, project_id, contract_id, {"origin_id": None, "origin_data": None})


def mark_budget_modification(client: ProcoreClient, project_id: Id, modification_id: Id, origin_id: str) -> None:
    """Mark a budget modification as synced; its update takes no origin code. Otherwise as `mark_project`.

    Raises:
        NotAllowed: with HTTP status 405 once the company has moved to budget changes
            (developers.procore.com/documentation/tutorial-budget-changes-api).
    """
    _patch_modification(client, project_id, modification_id, {"origin_id": origin_id, "origin_data": None})


def unmark_budget_modification(client: ProcoreClient, project_id: Id, modification_id: Id) -> None:
    """Take the mark of a budget modification away; raises as `mark_budget_modification`."""
    _patch_modification(client, project_id, modification_id, {"origin_id": None, "origin_data": None})


def _origin(origin_id: str, origin_code: str) -> Record:
    return {"origin_id": origin_id, "origin_code": origin_code, "origin_data": None}


def _patch_project(client: ProcoreClient, project_id: Id, origin: Record) -> None:
    client.patch(f"/rest/v1.0/projects/{path_id(project_id)}", {**company_scope(client), "project": origin})


def _patch_commitment(client: ProcoreClient, kind: Commitment, project_id: Id, contract_id: Id, origin: Record) -> None:
    client.patch(f"/rest/v1.0/{kind}s/{path_id(contract_id)}", {"project_id": body_id(project_id), kind: origin})


def _patch_package(client: ProcoreClient, project_id: Id, package_id: Id, origin: Record) -> None:
    body = {"project_id": body_id(project_id), "change_order": origin}
    client.patch(f"/rest/v1.0/change_order_packages/{path_id(package_id)}", body)


def _patch_prime_contract(client: ProcoreClient, project_id: Id, contract_id: Id, origin: Record) -> None:
    body = {"project_id": body_id(project_id), "prime_contract": origin}
    client.patch(f"/rest/v1.0/prime_contract/{path_id(contract_id)}", body)


def _patch_modification(client: ProcoreClient, project_id: Id, modification_id: Id, origin: Record) -> None:
    path = f"/rest/v1.0/projects/{path_id(project_id)}/budget_modifications/{path_id(modification_id)}"
    # The update requires line and amount, so what is there goes along unchanged.
    held = client.get(path)
    sides = ("from_budget_line_item_id", "to_budget_line_item_id", "transfer_amount")
    kept = {name: held[name] for name in sides if held.get(name) is not None}
    client.patch(path, {"budget_modification": {**kept, **origin}})
