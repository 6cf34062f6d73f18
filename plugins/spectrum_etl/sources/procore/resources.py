"""The records of Procore that the exports read: one function a resource, plain dicts as Procore sends them.

Lists are generators that hold one page; amounts are text (`content`). Paths, parameters and fields:
developers.procore.com/reference/rest. Where two versions of a resource exist, the one that carries the origin fields is
used. Ids may be given as text or whole numbers. What marks records is in `marks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.ids import Id, company_scope, path_id
from spectrum_etl.sources.procore.marks import Commitment

#: The largest page of projects (list-projects: "due to the size of the data in the response").
_PROJECTS_A_PAGE = 300

Record = dict[str, Any]
Records = Iterator[Record]
BudgetRows = Literal["budgeted", "unbudgeted", "all"]


def me(client: ProcoreClient) -> Record:
    """The service account itself: the cheapest call that proves credentials and company."""
    return client.get("/rest/v1.0/me", company_scope(client))


def user(client: ProcoreClient, user_id: Id) -> Record:
    """One user of the company's directory: name, email_address (show-company-user, version 1.3).

    Raises:
        NotFound: it is gone, or not visible.
        NotAllowed: the service account may not read the directory.
    """
    return client.get(f"/rest/v1.3/companies/{client.company_id}/users/{path_id(user_id)}")


def vendors(client: ProcoreClient, *, origin_id: str | None = None) -> Records:
    """Companies of the directory with their origin fields; `is_active` tells whether one is in use.

    Args:
        client: of the Procore company.
        origin_id: only the one with this origin id.
    """
    params = {**company_scope(client), "view": "extended", "filters[origin_id]": origin_id}
    return client.pages("/rest/v1.0/vendors", params)


def vendor(client: ProcoreClient, vendor_id: Id) -> Record:
    """One company of the directory.

    Raises:
        NotFound: it is gone, or not visible.
    """
    return client.get(f"/rest/v1.0/vendors/{path_id(vendor_id)}", {**company_scope(client), "view": "extended"})


def projects(client: ProcoreClient) -> Records:
    """Active projects that the service account may see: without cost code list and ERP switch, which `project` has."""
    params = {**company_scope(client), "per_page": _PROJECTS_A_PAGE, "filters[by_status]": "Active"}
    return client.pages("/rest/v1.0/projects", params)


def project(client: ProcoreClient, project_id: Id) -> Record:
    """One project, with `standard_cost_code_list_id` and `is_erp_integrated`.

    Raises:
        NotFound: it is gone, or none of the service account's permitted projects.
    """
    return client.get(f"/rest/v1.0/projects/{path_id(project_id)}", company_scope(client))


def standard_cost_code_lists(client: ProcoreClient) -> Records:
    """The company's lists of standard cost codes: id, name, is_erp_list."""
    return client.pages("/rest/v1.0/standard_cost_code_lists", company_scope(client))


def standard_cost_codes(client: ProcoreClient, list_id: Id) -> Records:
    """The codes of one standard list, in the view that has more than their ids."""
    params = {**company_scope(client), "standard_cost_code_list_id": path_id(list_id), "view": "extended"}
    return client.pages("/rest/v1.0/standard_cost_codes", params)


def cost_codes(client: ProcoreClient, project_id: Id) -> Records:
    """A project's cost codes, with their cost types (`line_item_types`) and origin fields."""
    return client.pages("/rest/v1.0/cost_codes", {"project_id": path_id(project_id)})


def line_item_types(client: ProcoreClient, project_id: Id) -> Records:
    """The cost types as a project sees them: code, name, base_type, origin fields."""
    return client.pages("/rest/v1.0/line_item_types", {**company_scope(client), "project_id": path_id(project_id)})


def wbs_codes(client: ProcoreClient, project_id: Id) -> Records:
    """A project's budget codes: flat_code, and the segment items they are made of."""
    return client.pages(f"/rest/v1.0/projects/{path_id(project_id)}/work_breakdown_structure/wbs_codes")


def wbs_segments(client: ProcoreClient) -> Records:
    """The company's segments; a `type` other than cost code, cost type and sub job is a custom one (B4)."""
    return client.pages(f"/rest/v1.0/companies/{client.company_id}/work_breakdown_structure/segments")


def budget(client: ProcoreClient, project_id: Id) -> Record:
    """The budget's state: `locked`."""
    return client.get(f"/rest/v1.0/projects/{path_id(project_id)}/budget")


def budget_views(client: ProcoreClient, project_id: Id) -> Records:
    """The budget views of a project: id, name."""
    return client.pages("/rest/v1.0/budget_views", {"project_id": path_id(project_id)})


def budget_detail_rows(client: ProcoreClient, view_id: Id, project_id: Id, rows: BudgetRows = "budgeted") -> Records:
    """The rows of a budget view: cost_code_id, category_id, original_budget_amount, and a key per visible column.

    Args:
        client: of the Procore company.
        view_id: budget view; the keys of its columns are their names, e.g. `Estimated Cost at Completion`.
        project_id: project.
        rows: lines of the budget, codes that have costs but no budget line, or both.
    """
    params = {"project_id": path_id(project_id), "budget_row_type": rows}
    return client.pages(f"/rest/v1.0/budget_views/{path_id(view_id)}/detail_rows", params)


def budget_changes(client: ProcoreClient, project_id: Id) -> Records:
    """Summaries of a project's budget changes: number, status, title, description, amount. No origin fields (F1)."""
    return client.pages(f"/rest/v1.0/projects/{path_id(project_id)}/budget_changes")


def budget_change(client: ProcoreClient, project_id: Id, change_id: Id) -> Record:
    """One budget change with its `adjustment_line_items`, each with its `wbs_code`.

    Raises:
        NotFound: it is gone, or not visible.
    """
    return client.get(f"/rest/v1.0/projects/{path_id(project_id)}/budget_changes/{path_id(change_id)}")


def budget_line_item(client: ProcoreClient, project_id: Id, line_id: Id) -> Record:
    """One line of a budget, with its `wbs_code`.

    Raises:
        NotFound: it is gone, or not visible.
    """
    return client.get(f"/rest/v1.1/budget_line_items/{path_id(line_id)}", {"project_id": path_id(project_id)})


def budget_modifications(client: ProcoreClient, project_id: Id) -> Records:
    """The budget modifications of a project, of companies that kept them before budget changes; they stay readable.

    They have: from_budget_line_item_id (null where it adds to the budget), to_budget_line_item_id, transfer_amount,
    notes, origin_id. No number, title or status.
    """
    return client.pages(f"/rest/v1.0/projects/{path_id(project_id)}/budget_modifications")


def budget_modification(client: ProcoreClient, project_id: Id, modification_id: Id) -> Record:
    """One budget modification.

    Raises:
        NotFound: it is gone, or not visible.
    """
    return client.get(f"/rest/v1.0/projects/{path_id(project_id)}/budget_modifications/{path_id(modification_id)}")


def work_order_contracts(client: ProcoreClient, project_id: Id, *, status: Sequence[str] = ()) -> Records:
    """A project's subcontracts.

    Args:
        client: of the Procore company.
        project_id: project.
        status: only these, e.g. `Approved`, `Complete`; empty means all.
    """
    return _commitments(client, "work_order_contract", project_id, status)


def purchase_order_contracts(client: ProcoreClient, project_id: Id, *, status: Sequence[str] = ()) -> Records:
    """A project's purchase orders; arguments as `work_order_contracts`."""
    return _commitments(client, "purchase_order_contract", project_id, status)


def commitment(client: ProcoreClient, kind: Commitment, project_id: Id, contract_id: Id) -> Record:
    """One subcontract or purchase order.

    Raises:
        NotFound: it is gone, or not visible.
    """
    return client.get(f"/rest/v1.0/{kind}s/{path_id(contract_id)}", {"project_id": path_id(project_id)})


def commitment_line_items(client: ProcoreClient, kind: Commitment, project_id: Id, contract_id: Id) -> Records:
    """The schedule of values of a subcontract or purchase order: amount, cost_code, line_item_type, wbs_code."""
    path = f"/rest/v1.0/{kind}s/{path_id(contract_id)}/line_items"
    return client.pages(path, {"project_id": path_id(project_id)})


def change_order_packages(client: ProcoreClient, project_id: Id) -> Records:
    """Change orders of a project's contracts, of any kind: the list has no `type`; `contract_id` tells."""
    return client.pages("/rest/v1.0/change_order_packages", {"project_id": path_id(project_id)})


def change_order_package(client: ProcoreClient, project_id: Id, package_id: Id) -> Record:
    """One change order with `type`, description and `line_items`, each with its `markup_line_items`.

    Raises:
        NotFound: it is gone, or not visible.
    """
    return client.get(f"/rest/v1.0/change_order_packages/{path_id(package_id)}", {"project_id": path_id(project_id)})


def prime_contracts(client: ProcoreClient, project_id: Id) -> Records:
    """A project's prime contracts: number, title, status, accounting_method, grand_total, origin fields."""
    return client.pages("/rest/v1.0/prime_contracts", {"project_id": path_id(project_id)})


def prime_contract(client: ProcoreClient, project_id: Id, contract_id: Id) -> Record:
    """One prime contract.

    Raises:
        NotFound: it is gone, or not visible.
    """
    return client.get(f"/rest/v1.0/prime_contract/{path_id(contract_id)}", {"project_id": path_id(project_id)})


def prime_contract_line_items(client: ProcoreClient, project_id: Id, contract_id: Id) -> Records:
    """The schedule of values of a prime contract: amount, cost_code, line_item_type, origin fields."""
    path = f"/rest/v1.0/prime_contracts/{path_id(contract_id)}/line_items"
    return client.pages(path, {"project_id": path_id(project_id)})


def prime_change_orders(client: ProcoreClient, project_id: Id, *, status: str | None = None) -> Records:
    """A project's prime contract change orders; projects with one or two tiers only. No origin fields (J2).

    Args:
        client: of the Procore company.
        project_id: project.
        status: only this one, e.g. `approved`.
    """
    params = {"view": "extended", "filters[status]": status}
    return client.pages(f"/rest/v1.0/projects/{path_id(project_id)}/prime_change_orders", params)


def prime_change_order(client: ProcoreClient, project_id: Id, change_order_id: Id) -> Record:
    """One prime contract change order; `legacy_package_id` is its change order package, which has the markups.

    Raises:
        NotFound: it is gone, or not visible.
    """
    path = f"/rest/v1.0/projects/{path_id(project_id)}/prime_change_orders/{path_id(change_order_id)}"
    return client.get(path, {"view": "extended"})


def prime_change_order_line_items(client: ProcoreClient, project_id: Id, change_order_id: Id) -> Records:
    """The lines of a prime contract change order: prime_line_item_id, amount, wbs_code (version 2); no markups."""
    return client.pages(f"{_v2(client, project_id)}/prime_change_orders/{path_id(change_order_id)}/line_items")


def _commitments(client: ProcoreClient, kind: Commitment, project_id: Id, status: Sequence[str]) -> Records:
    params = {"project_id": path_id(project_id), "view": "extended"}
    # The filter is published with a single value.
    for one in status or (None,):
        yield from client.pages(f"/rest/v1.0/{kind}s", {**params, "filters[status]": one})


def _v2(client: ProcoreClient, project_id: Id) -> str:
    return f"/rest/v2.0/companies/{client.company_id}/projects/{path_id(project_id)}"
