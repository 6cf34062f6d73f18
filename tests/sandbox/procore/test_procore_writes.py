"""The stand-in Procore's writes: origin ids mark, lock and are unique; sync tells errors inside HTTP 200; faults."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from sandbox.cli import main
from sandbox.procore.server import ProcoreServer
from tests.sandbox.procore.conftest import Raw

VENDORS = "/rest/v1.0/vendors"
SYNC = "/rest/v1.0/vendors/sync"


@pytest.fixture
def vendor(raw: Raw) -> Callable[..., dict[str, Any]]:
    """Creates a vendor of a test's own."""

    def create(name: str, **fields: Any) -> dict[str, Any]:
        answer = raw.call("POST", VENDORS, {"company_id": 4001, "vendor": {"name": name, **fields}})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    return create


def test_a_vendor_is_created_changed_and_marked(raw: Raw, vendor: Callable[..., dict[str, Any]]) -> None:
    made = vendor("Søren’s Concrete", city="Ærø", nonsense="is ignored")
    assert made["synced_to_erp"] is False
    assert "nonsense" not in made
    path = f"{VENDORS}/{made['id']}"
    marks = {"origin_id": "1:SOREN1", "origin_code": "SOREN1"}
    marked = raw.call("PATCH", path, {"company_id": 4001, "vendor": marks}).json()
    assert (marked["synced_to_erp"], marked["origin_code"]) == (True, "SOREN1")
    assert marked["updated_at"] > made["created_at"] or marked["updated_at"] == made["updated_at"]
    again = raw.call("PATCH", path, {"company_id": 4001, "vendor": marks})
    assert again.status_code == 200, "repeating a mark does no harm"
    taken = vendor("Other", city="Here")
    refused = raw.call("PATCH", f"{VENDORS}/{taken['id']}", {"company_id": 4001, "vendor": marks})
    assert refused.status_code == 422
    assert refused.json() == {"errors": {"origin_id": ["has already been taken"]}}
    blank = {"company_id": 4001, "vendor": {"origin_id": None, "origin_code": None}}
    assert raw.call("PATCH", path, blank).json()["synced_to_erp"] is False
    assert raw.call("PATCH", f"{VENDORS}/{taken['id']}", {"company_id": 4001, "vendor": marks}).status_code == 200
    nameless = raw.call("POST", VENDORS, {"company_id": 4001, "vendor": {"city": "Nowhere"}})
    assert nameless.json() == {"errors": {"name": ["can't be blank"]}}


def test_sync_finds_by_id_then_by_origin_id_then_creates(raw: Raw, vendor: Callable[..., dict[str, Any]]) -> None:
    one, two = vendor("Sync One"), vendor("Sync Two")
    updates = [
        {"id": one["id"], "origin_id": "1:SYNC1", "origin_code": "SYNC1"},
        {"id": two["id"], "origin_id": "1:SYNC1"},
        {"id": 17, "name": "Nobody"},
        {"name": "Created by sync", "origin_id": "1:SYNC3"},
        {"city": "No name"},
    ]
    answer = raw.call("PATCH", SYNC, {"company_id": 4001, "updates": updates})
    assert answer.status_code == 200
    entities, errors = answer.json()["entities"], answer.json()["errors"]
    assert [each["name"] for each in entities] == ["Sync One", "Created by sync"]
    assert entities[0]["origin_code"] == "SYNC1"
    assert errors == [
        {**updates[1], "errors": {"origin_id": ["has already been taken"]}},
        {**updates[2], "errors": {"id": ["Entity with this ID not found"]}},
        {**updates[4], "errors": {"name": ["can't be blank"]}},
    ]
    renamed = {"company_id": 4001, "updates": [{"origin_id": "1:SYNC3", "city": "Found by origin id"}]}
    found = raw.call("PATCH", SYNC, renamed).json()["entities"]
    assert (found[0]["id"], found[0]["city"]) == (entities[1]["id"], "Found by origin id")
    replaced = {"company_id": 4001, "updates": [{"id": found[0]["id"], "origin_id": "1:SYNC4"}]}
    assert raw.call("PATCH", SYNC, replaced).json()["entities"][0]["origin_id"] == "1:SYNC4"


def test_sync_takes_a_thousand_and_no_more(raw: Raw) -> None:
    many = [{"id": 1} for _ in range(1_001)]
    assert raw.call("PATCH", SYNC, {"company_id": 4001, "updates": many}).status_code == 413
    assert len(raw.call("PATCH", SYNC, {"company_id": 4001, "updates": many[1:]}).json()["errors"]) == 1_000
    assert raw.call("PATCH", SYNC, {"company_id": 4001}).status_code == 400


def test_projects_take_an_origin_code_by_patch_but_not_by_sync(raw: Raw, ids: dict[str, int]) -> None:
    project = ids["Brücke Süd Retrofit"]
    update = {"id": project, "origin_id": "1:26-902", "origin_code": "26-902"}
    synced = raw.call("PATCH", "/rest/v1.0/projects/sync", {"company_id": 4001, "updates": [update]}).json()
    assert (synced["entities"][0]["origin_id"], synced["entities"][0]["origin_code"]) == ("1:26-902", None)
    body = {"company_id": 4001, "project": {"origin_code": "26-902"}}
    assert raw.call("PATCH", f"/rest/v1.0/projects/{project}", body).json()["origin_code"] == "26-902"
    back = {"company_id": 4001, "project": {"origin_id": None, "origin_code": None}}
    assert raw.call("PATCH", f"/rest/v1.0/projects/{project}", back).json()["origin_id"] is None


def test_a_synced_commitment_is_frozen(raw: Raw, ids: dict[str, int]) -> None:
    """G5: company, status and lines stay as they are while the commitment is linked."""
    path = "/rest/v1.0/work_order_contracts"
    all_of = raw.all(path, project_id=ids["ready"])
    contract = next(each for each in all_of if each["number"] == "SC-101")

    def patch(**fields: Any) -> requests.Response:
        return raw.call(
            "PATCH", f"{path}/{contract['id']}", {"project_id": ids["ready"], "work_order_contract": fields}
        )

    assert patch(origin_id="1:TEST/SC-101", origin_code="SC-101").json()["origin_id"] == "1:TEST/SC-101"
    refused = patch(status="Draft", title="May change")
    assert refused.status_code == 422
    assert refused.json()["errors"].keys() == {"status"}
    assert patch(status="Approved", title="Façade & glazing 1").status_code == 200, "the same value is no change"
    lines = raw.get(f"{path}/{contract['id']}/line_items", project_id=ids["ready"])
    sync = f"{path}/{contract['id']}/line_items/sync"
    updates = {"updates": [{"id": lines[0]["id"], "amount": "1.00"}, {"id": lines[0]["id"], "origin_id": "1:L1"}]}
    assert raw.call("PATCH", sync, {**updates, "project_id": ids["ready"]}).status_code == 400, "it is a parameter"
    answer = raw.call("PATCH", sync, updates, project_id=ids["ready"]).json()
    assert [list(each["errors"]) for each in answer["errors"]] == [["amount"]]
    assert [each["origin_id"] for each in answer["entities"]] == ["1:L1"]
    new = {"updates": [{"description": "one more", "amount": "5"}]}
    assert "base" in raw.call("PATCH", sync, new, project_id=ids["ready"]).json()["errors"][0]["errors"]
    assert patch(origin_id=None, origin_code=None).status_code == 200
    changed = raw.call("PATCH", sync, {"updates": [{"id": lines[0]["id"], "origin_id": None}]}, project_id=ids["ready"])
    assert changed.json()["errors"] == []
    assert patch(status="Draft").status_code == 200
    assert patch(status="Approved").status_code == 200
    assert patch(status="Nonsense").json()["errors"] == {"status": ["is not included in the list"]}


def test_a_change_order_is_marked_by_its_package_and_not_by_the_prime_path(raw: Raw, ids: dict[str, int]) -> None:
    project = ids["ready"]
    path = f"/rest/v1.0/projects/{project}/prime_change_orders"
    change = next(each for each in raw.all(path) if each["title"] == "Türen und Tore")
    assert "origin_id" not in change
    ignored = raw.call("PATCH", f"{path}/{change['id']}", {"change_order": {"origin_id": "1:X"}})
    assert ignored.status_code == 200
    package = f"/rest/v1.0/change_order_packages/{change['legacy_package_id']}"
    assert raw.get(package, project_id=project)["origin_id"] is None
    body = {"project_id": project, "change_order": {"origin_id": "1:J/CR7", "origin_code": "CR7"}}
    assert raw.call("PATCH", package, body).json()["origin_code"] == "CR7"
    locked = raw.call("PATCH", f"{path}/{change['id']}", {"change_order": {"status": "draft"}})
    assert locked.status_code == 422
    body["change_order"] = {"origin_id": None, "origin_code": None}
    assert raw.call("PATCH", package, body).status_code == 200


def test_a_locked_budget_keeps_its_amounts(raw: Raw, ids: dict[str, int]) -> None:
    project = ids["ready"]
    lock = f"/rest/v1.0/projects/{project}/budget/lock"
    assert raw.get(f"/rest/v1.0/projects/{project}/budget") == {"locked": True}
    views = raw.get("/rest/v1.0/budget_views", project_id=project)
    view = next(each for each in views if "Forecast" in each["name"])
    row = raw.get(f"/rest/v1.0/budget_views/{view['id']}/detail_rows", project_id=project)[0]
    path = f"/rest/v1.1/budget_line_items/{row['id']}"
    body = {"project_id": project, "budget_line_item": {"original_budget_amount": 12.5}}
    refused = raw.call("PATCH", path, body)
    assert refused.json()["errors"] == {
        "original_budget_amount": ["The original_budget_amount cannot be updated for a locked budget."]
    }
    assert raw.call("DELETE", lock).json() == {"locked": False}
    assert raw.call("PATCH", path, body).json()["original_budget_amount"] == 12.5
    assert raw.call("POST", lock).status_code == 201
    assert raw.call("PUT", lock).status_code == 405
    assert raw.call("POST", f"/rest/v1.0/projects/{project}/budget_modifications", {}).headers["Allow"] == "GET"


def test_faults_strike_as_they_are_counted(raw: Raw, server: ProcoreServer, vendor: Callable[..., Any]) -> None:
    path = "/rest/v1.0/me"
    raw.get(path)
    server.switches.set("procore_503", "7", 1)
    busy = raw.call("GET", path)
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "7")
    server.switches.set("procore_rate_limit", "2", 1)
    limited = raw.call("GET", path)
    assert limited.status_code == 429
    assert all(f"X-Rate-Limit-{name}" in limited.headers for name in ("Limit", "Remaining", "Reset"))
    server.switches.set("procore_500", count=1)
    assert raw.call("GET", path).status_code == 500
    server.switches.set("procore_page_cut", count=1)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        raw.call("GET", VENDORS, company_id=4001).json()
    server.switches.set("procore_token_expired", count=1)
    assert raw.call("GET", path).status_code == 401
    assert raw.call("GET", path).status_code == 401, "the token is gone for good"
    del raw.session.headers["Authorization"]
    assert raw.call("GET", path).status_code == 200


def test_a_lost_answer_is_of_work_that_was_done(raw: Raw, server: ProcoreServer, vendor: Callable[..., Any]) -> None:
    made = vendor("Lost Answer Ltd.")
    server.switches.set("procore_only", "/vendors/")
    server.switches.set("procore_lost_answer", count=1)
    path = f"{VENDORS}/{made['id']}"
    assert raw.call("GET", path, company_id=4001).status_code == 200, "what reads keeps its answer"
    with pytest.raises(requests.exceptions.RequestException):
        raw.call("PATCH", path, {"company_id": 4001, "vendor": {"origin_id": "1:LOST"}})
    assert raw.get(path, company_id=4001)["origin_id"] == "1:LOST"
    assert raw.call("PATCH", path, {"company_id": 4001, "vendor": {"origin_id": None}}).status_code == 200


def test_a_changed_line_shows_in_its_document(
    raw: Raw, ids: dict[str, int], business: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, project = "/rest/v1.0/purchase_order_contracts", ids["ready"]
    order = next(each for each in raw.all(path, project_id=project) if each["number"] == "PO-202")
    line = raw.get(f"{path}/{order['id']}/line_items", project_id=project)[0]
    main(["procore", "change", str(line["id"]), "amount=821.40", "--database", business])
    changed = raw.get(f"{path}/{order['id']}", project_id=project)
    assert changed["grand_total"] == "821.40"
    assert changed["updated_at"] > order["updated_at"]
    main(["procore", "change", str(line["id"]), "amount=820.40", "--database", business])
    assert "contract_line" in capsys.readouterr().out


def test_of_two_marks_at_the_same_time_one_wins(raw: Raw, vendor: Callable[..., dict[str, Any]]) -> None:
    made = [vendor(f"Racing {number}") for number in range(4)]
    raw.token()

    def mark(one: dict[str, Any]) -> int:
        body = {"company_id": 4001, "vendor": {"origin_id": "1:RACE"}}
        return Raw(raw.url).call("PATCH", f"{VENDORS}/{one['id']}", body).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(mark, made))
    assert statuses == [200, 422, 422, 422]
