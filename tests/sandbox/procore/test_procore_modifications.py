"""The stand-in Procore's legacy budget modifications: read always, written until the company moves (405)."""

from decimal import Decimal
from typing import Any

import psycopg
import pytest

from sandbox.procore.server import ProcoreServer
from tests.sandbox.procore.conftest import Raw


@pytest.fixture
def project(business: str) -> int:
    """The project of company 4001 that keeps modifications."""
    query = (
        "SELECT DISTINCT project_id FROM procore.records WHERE kind = 'budget_modification' AND company_id = 4001"
        " AND deleted_at IS NULL"
    )
    with psycopg.connect(business) as connection:
        ((found,),) = connection.execute(query).fetchall()
    return int(found)


@pytest.fixture
def path(project: int) -> str:
    """Of its modifications."""
    return f"/rest/v1.0/projects/{project}/budget_modifications"


def test_modifications_are_listed_and_shown(raw: Raw, project: int, path: str) -> None:
    listed = raw.all(path)
    assert len(listed) == 6
    first = listed[0]
    assert raw.get(f"{path}/{first['id']}") == first
    assert first.keys() == {
        "id", "created_at", "from_budget_line_item_id", "notes", "origin_data", "origin_id", "to_budget_line_item_id",
        "transfer_amount", "updated_at",
    }  # fmt: skip
    line = raw.get(f"/rest/v1.1/budget_line_items/{first['to_budget_line_item_id']}", project_id=project)
    assert line["wbs_code"]["flat_code"]
    assert [each["from_budget_line_item_id"] for each in listed].count(None) == 1
    assert raw.call("GET", f"{path}/1").status_code == 404
    assert raw.get(f"/rest/v1.0/projects/{project}/budget_changes") == {"data": []}


def test_the_budget_view_adds_them_up(raw: Raw, project: int, path: str) -> None:
    view = raw.get("/rest/v1.0/budget_views", project_id=project)[0]["id"]
    rows = raw.all(f"/rest/v1.0/budget_views/{view}/detail_rows", project_id=project)
    by_line = {row["id"]: Decimal(row["budget_modifications"]) for row in rows}
    expected = dict.fromkeys(by_line, Decimal())
    for each in raw.all(path):
        for side, sign in (("from", -1), ("to", 1)):
            if each[f"{side}_budget_line_item_id"] in expected:
                expected[each[f"{side}_budget_line_item_id"]] += sign * Decimal(each["transfer_amount"])
    assert by_line == expected
    assert any(by_line.values())


def test_one_is_marked_locked_and_freed(raw: Raw, path: str) -> None:
    first = raw.all(path)[0]
    kept = {"to_budget_line_item_id": first["to_budget_line_item_id"], "transfer_amount": first["transfer_amount"]}

    def patch(**fields: Any) -> Any:
        return raw.call("PATCH", f"{path}/{first['id']}", {"budget_modification": fields})

    assert patch(origin_id="1:J/BM1").json()["errors"].keys() == kept.keys(), "line and amount are required"
    same = patch(**kept, from_budget_line_item_id=first["to_budget_line_item_id"])
    assert same.json()["errors"].keys() == {"to_budget_line_item_id"}
    marked = patch(**kept, origin_id="1:J/BM1", origin_code="BM1").json()
    assert (marked["origin_id"], "origin_code" in marked) == ("1:J/BM1", False)
    assert patch(**{**kept, "transfer_amount": "1.00"}).json()["errors"].keys() == {"transfer_amount"}
    assert patch(**kept, origin_id=None).json()["origin_id"] is None
    assert raw.get(f"{path}/{first['id']}")["transfer_amount"] == first["transfer_amount"]


def test_one_is_created_and_deleted(raw: Raw, path: str) -> None:
    to = raw.all(path)[0]["to_budget_line_item_id"]
    body = {"budget_modification": {"to_budget_line_item_id": to, "transfer_amount": "5", "notes": "More"}}
    made = raw.call("POST", path, body)
    assert made.status_code == 201
    assert made.json()["transfer_amount"] == "5.00"
    assert raw.call("DELETE", f"{path}/{made.json()['id']}").status_code == 200
    assert raw.call("GET", f"{path}/{made.json()['id']}").status_code == 404


def test_after_the_company_has_moved_writes_are_refused_and_reads_are_not(
    raw: Raw, server: ProcoreServer, path: str
) -> None:
    first = raw.all(path)[0]
    server.switches.set("procore_budgets_moved")
    for method, place in (("POST", path), ("PATCH", f"{path}/{first['id']}"), ("DELETE", f"{path}/{first['id']}")):
        refused = raw.call(method, place, {"budget_modification": {}})
        assert (refused.status_code, refused.headers["Allow"]) == (405, "GET")
    assert raw.get(f"{path}/{first['id']}") == first
    server.switches.clear("procore_budgets_moved")
    kept = {name: first[name] for name in ("to_budget_line_item_id", "transfer_amount")}
    assert raw.call("PATCH", f"{path}/{first['id']}", {"budget_modification": kept}).status_code == 200
