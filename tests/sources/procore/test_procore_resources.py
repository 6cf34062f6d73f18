"""The resources: published paths and parameters; what marks a record sends origin fields and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from procore_stub import COMPANY, Reply, Stub

from spectrum_etl.sources.faults import Refused, SyncFailed
from spectrum_etl.sources.procore import ProcoreClient, marks, resources

P = "/rest/v1.0"
V2 = f"/rest/v2.0/companies/{COMPANY}/projects/7"
WBS = "work_breakdown_structure"
READS: list[tuple[Callable[[ProcoreClient], Any], str, dict[str, str]]] = [
    (resources.me, f"{P}/me", {"company_id": COMPANY}),
    (lambda c: resources.user(c, 9), f"/rest/v1.3/companies/{COMPANY}/users/9", {}),
    (lambda c: resources.vendors(c), f"{P}/vendors", {"company_id": COMPANY, "view": "extended"}),
    (lambda c: resources.vendors(c, origin_id="1:A"), f"{P}/vendors", {"filters[origin_id]": "1:A"}),
    (lambda c: resources.vendors(c, origin_id="1:A & Co"), f"{P}/vendors", {"filters[origin_id]": "1:A & Co"}),
    (lambda c: resources.vendor(c, "5"), f"{P}/vendors/5", {"company_id": COMPANY}),
    (
        resources.projects,
        f"{P}/projects",
        {"company_id": COMPANY, "filters[by_status]": "Active"},
    ),
    (lambda c: resources.project(c, 7), f"{P}/projects/7", {"company_id": COMPANY}),
    (resources.standard_cost_code_lists, f"{P}/standard_cost_code_lists", {"company_id": COMPANY}),
    (
        lambda c: resources.standard_cost_codes(c, 3),
        f"{P}/standard_cost_codes",
        {"company_id": COMPANY, "standard_cost_code_list_id": "3", "view": "extended"},
    ),
    (lambda c: resources.cost_codes(c, 7), f"{P}/cost_codes", {"project_id": "7"}),
    (
        lambda c: resources.line_item_types(c, 7),
        f"{P}/line_item_types",
        {"company_id": COMPANY, "project_id": "7"},
    ),
    (lambda c: resources.wbs_codes(c, 7), f"{P}/projects/7/{WBS}/wbs_codes", {}),
    (resources.wbs_segments, f"{P}/companies/{COMPANY}/{WBS}/segments", {}),
    (lambda c: resources.budget(c, 7), f"{P}/projects/7/budget", {}),
    (lambda c: resources.budget_views(c, 7), f"{P}/budget_views", {"project_id": "7"}),
    (
        lambda c: resources.budget_detail_rows(c, 2, 7, "all"),
        f"{P}/budget_views/2/detail_rows",
        {"project_id": "7", "budget_row_type": "all"},
    ),
    (lambda c: resources.budget_changes(c, 7), f"{P}/projects/7/budget_changes", {}),
    (lambda c: resources.budget_change(c, 7, 8), f"{P}/projects/7/budget_changes/8", {}),
    (lambda c: resources.budget_line_item(c, 7, 8), "/rest/v1.1/budget_line_items/8", {"project_id": "7"}),
    (lambda c: resources.budget_modifications(c, 7), f"{P}/projects/7/budget_modifications", {}),
    (lambda c: resources.budget_modification(c, 7, 8), f"{P}/projects/7/budget_modifications/8", {}),
    (lambda c: resources.work_order_contracts(c, 7), f"{P}/work_order_contracts", {"project_id": "7"}),
    (
        lambda c: resources.purchase_order_contracts(c, 7, status=["Approved"]),
        f"{P}/purchase_order_contracts",
        {"project_id": "7", "filters[status]": "Approved"},
    ),
    (
        lambda c: resources.commitment(c, "work_order_contract", 7, 9),
        f"{P}/work_order_contracts/9",
        {"project_id": "7"},
    ),
    (
        lambda c: resources.commitment_line_items(c, "purchase_order_contract", 7, 9),
        f"{P}/purchase_order_contracts/9/line_items",
        {"project_id": "7"},
    ),
    (lambda c: resources.change_order_packages(c, 7), f"{P}/change_order_packages", {"project_id": "7"}),
    (lambda c: resources.change_order_package(c, 7, 6), f"{P}/change_order_packages/6", {"project_id": "7"}),
    (lambda c: resources.prime_contracts(c, 7), f"{P}/prime_contracts", {"project_id": "7"}),
    (lambda c: resources.prime_contract(c, 7, 4), f"{P}/prime_contract/4", {"project_id": "7"}),
    (
        lambda c: resources.prime_contract_line_items(c, 7, 4),
        f"{P}/prime_contracts/4/line_items",
        {"project_id": "7"},
    ),
    (
        lambda c: resources.prime_change_orders(c, 7, status="approved"),
        f"{P}/projects/7/prime_change_orders",
        {"filters[status]": "approved"},
    ),
    (lambda c: resources.prime_change_order(c, 7, 6), f"{P}/projects/7/prime_change_orders/6", {}),
    (lambda c: resources.prime_change_order_line_items(c, 7, 6), f"{V2}/prime_change_orders/6/line_items", {}),
]


@pytest.mark.parametrize(("read", "path", "params"), READS)
def test_reads(
    stub: Stub,
    client: ProcoreClient,
    read: Callable[[ProcoreClient], Any],
    path: str,
    params: dict[str, str],
) -> None:
    listed: list[Any] = [{"id": 1, "amount": "10.50"}]
    content: Any = {"data": listed} if path.startswith("/rest/v2") else listed
    stub.on("GET", path, Reply(200, content))
    found = read(client)
    assert (list(found) if isinstance(found, Iterator) else found) == listed
    for name, value in params.items():
        assert stub.asked[0].param(name) == value


def test_commitments_of_several_statuses(stub: Stub, client: ProcoreClient) -> None:
    stub.on("GET", f"{P}/work_order_contracts", lambda asked: Reply(200, [{"status": asked.param("filters[status]")}]))
    found = resources.work_order_contracts(client, 7, status=("Approved", "Complete"))
    assert [contract["status"] for contract in found] == ["Approved", "Complete"]


ORIGIN = {"origin_id": "1:ACME", "origin_code": "ACME", "origin_data": None}
NONE = dict.fromkeys(ORIGIN)
MARKS: list[tuple[Callable[[ProcoreClient], None], str, dict[str, Any]]] = [
    (
        lambda c: marks.mark_project(c, "7", "1:ACME", "ACME"),
        f"{P}/projects/7",
        {"company_id": int(COMPANY), "project": ORIGIN},
    ),
    (
        lambda c: marks.unmark_project(c, "7"),
        f"{P}/projects/7",
        {"company_id": int(COMPANY), "project": NONE},
    ),
    (
        lambda c: marks.mark_commitment(c, "work_order_contract", 7, 9, "1:ACME", "ACME"),
        f"{P}/work_order_contracts/9",
        {"project_id": 7, "work_order_contract": ORIGIN},
    ),
    (
        lambda c: marks.unmark_commitment(c, "purchase_order_contract", 7, 9),
        f"{P}/purchase_order_contracts/9",
        {"project_id": 7, "purchase_order_contract": NONE},
    ),
    (
        lambda c: marks.mark_change_order_package(c, 7, 6, "1:ACME", "ACME"),
        f"{P}/change_order_packages/6",
        {"project_id": 7, "change_order": ORIGIN},
    ),
    (
        lambda c: marks.unmark_change_order_package(c, 7, 6),
        f"{P}/change_order_packages/6",
        {"project_id": 7, "change_order": NONE},
    ),
    (
        lambda c: marks.mark_prime_contract(c, 7, 4, "1:ACME"),
        f"{P}/prime_contract/4",
        {"project_id": 7, "prime_contract": {"origin_id": "1:ACME", "origin_data": None}},
    ),
    (
        lambda c: marks.unmark_prime_contract(c, 7, 4),
        f"{P}/prime_contract/4",
        {"project_id": 7, "prime_contract": {"origin_id": None, "origin_data": None}},
    ),
]


@pytest.mark.parametrize(("mark", "path", "body"), MARKS)
def test_marks_may_be_repeated(
    stub: Stub, client: ProcoreClient, mark: Callable[[ProcoreClient], None], path: str, body: dict[str, Any]
) -> None:
    stub.on("PATCH", path, Reply(drop=True), Reply(200, {"id": 1}))
    mark(client)
    assert stub.bodies("PATCH") == [body, body]


def test_vendors_are_marked_by_sync(stub: Stub, client: ProcoreClient) -> None:
    stub.on("PATCH", f"{P}/vendors/sync", lambda asked: Reply(200, {"entities": asked.body["updates"], "errors": []}))
    marks.mark_vendor(client, "5", "1:ACME", "ACME")
    marks.unmark_vendor(client, 5)
    company = {"company_id": int(COMPANY)}
    assert stub.bodies("PATCH") == [
        {**company, "updates": [{"id": 5, **ORIGIN}]},
        {**company, "updates": [{"id": 5, **NONE}]},
    ]


def test_a_budget_modification_is_marked_with_what_its_update_requires(stub: Stub, client: ProcoreClient) -> None:
    """Lines and amount go along as they are: the update requires two of them, and must not change any."""
    path = f"{P}/projects/7/budget_modifications/8"
    kept = {"to_budget_line_item_id": 2, "transfer_amount": "4500.0"}
    held = {**kept, "id": 8, "notes": "Sand", "from_budget_line_item_id": 1}
    stub.on("GET", path, Reply(200, held), Reply(200, {**held, "from_budget_line_item_id": None}))
    stub.on("PATCH", path, Reply(200, {}), Reply(200, {}))
    marks.mark_budget_modification(client, 7, 8, "1:24-404/BM8")
    marks.unmark_budget_modification(client, 7, 8)
    assert stub.bodies("PATCH") == [
        {
            "budget_modification": {
                **kept, "from_budget_line_item_id": 1, "origin_id": "1:24-404/BM8", "origin_data": None
            }
        },
        {"budget_modification": {**kept, "origin_id": None, "origin_data": None}},
    ]  # fmt: skip


def test_an_origin_id_that_is_taken(stub: Stub, client: ProcoreClient) -> None:
    taken = {"errors": {"origin_id": ["has already been taken"]}}
    stub.on("PATCH", f"{P}/vendors/sync", Reply(200, {"entities": [], "errors": [{"id": 5, **taken}]}))
    stub.on("PATCH", f"{P}/projects/7", Reply(422, taken))
    with pytest.raises(SyncFailed, match=r"id 5.*origin_id: has already been taken"):
        marks.mark_vendor(client, 5, "1:ACME", "ACME")
    with pytest.raises(Refused, match="origin_id: has already been taken") as caught:
        marks.mark_project(client, 7, "1:24-404", "24-404")
    assert caught.value.field == "origin_id"


@pytest.mark.parametrize("value", ["", "5/../6", "5?x=1", "abc", "٥"])
def test_what_is_no_id_reaches_no_path(stub: Stub, client: ProcoreClient, value: str) -> None:
    with pytest.raises(ValueError, match="not a Procore id"):
        resources.vendor(client, value)
    assert not stub.asked


def test_every_read_is_tested() -> None:
    source = Path(resources.__file__).read_text(encoding="utf-8")
    reads = set(re.findall(r"^def ([a-z]\w*)\(", source, re.MULTILINE))
    tested = Path(__file__).read_text(encoding="utf-8")
    assert not [name for name in sorted(reads) if not re.search(rf"resources\.{name}\b", tested)]
