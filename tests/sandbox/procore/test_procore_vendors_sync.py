"""The stand-in Procore's companies (procore-import.md 2 and 3): sync calls that end in each way, and its open ways."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import requests

from sandbox.cli import main
from sandbox.procore.server import ProcoreServer
from tests.sandbox.procore.conftest import Raw

VENDORS = "/rest/v1.0/vendors"
SYNC = f"{VENDORS}/sync"
INACTIVE = "/rest/v1.0/companies/4001/vendors/inactive"

Send = Callable[..., requests.Response]


@pytest.fixture
def send(raw: Raw) -> Send:
    """Sends updates by a sync call."""

    def sync(*updates: dict[str, Any], **params: Any) -> requests.Response:
        return raw.call("PATCH", SYNC, {"company_id": 4001, "updates": list(updates)}, **params)

    return sync


def _ids(raw: Raw, *origin_ids: str) -> list[str | None]:
    found = [raw.get(VENDORS, company_id=4001, **{"filters[origin_id]": each}) for each in origin_ids]
    return [each[0]["name"] if each else None for each in found]


def test_a_company_made_by_sync_is_active_and_says_so_in_the_extended_view(send: Send) -> None:
    answer = send({"name": "Sync Made", "origin_id": "spectrum:1:MADE", "origin_code": "MADE", "state_code": "OH"})
    (made,) = answer.json()["entities"]
    assert (answer.status_code, made["is_active"], made["origin_code"], made["synced_to_erp"]) == (
        200,
        True,
        "MADE",
        True,
    )


def test_a_repeated_sync_with_origin_ids_changes_nothing(raw: Raw, send: Send) -> None:
    updates = [{"name": f"Repeated {n}", "origin_id": f"spectrum:1:REP{n}"} for n in range(200)]
    first = [each["id"] for each in send(*updates).json()["entities"]]
    assert [each["id"] for each in send(*updates).json()["entities"]] == first
    assert len(first) == len(set(first)) == 200


def test_states_and_countries_conform_to_iso_3166(send: Send) -> None:
    answer = send(
        {"name": "State", "state_code": "Ohio"},
        {"name": "Country", "country_code": "USA"},
        {"name": "Blank", "state_code": "", "country_code": ""},
        {"name": "Abroad", "state_code": "BY", "country_code": "DE"},
    ).json()
    assert [each["errors"] for each in answer["errors"]] == [
        {"state_code": ["is not a valid state code"]},
        {"country_code": ["is not a valid country code"]},
    ]
    assert [each["name"] for each in answer["entities"]] == ["Blank", "Abroad"]


def test_a_sync_call_that_stops_has_done_what_came_before(raw: Raw, server: ProcoreServer, send: Send) -> None:
    server.switches.set("procore_sync_stops", "2", 1)
    updates = [{"name": f"Stops {n}", "origin_id": f"spectrum:1:STOP{n}"} for n in range(4)]
    assert send(*updates).status_code == 504
    names = [f"spectrum:1:STOP{n}" for n in range(4)]
    assert _ids(raw, *names) == ["Stops 0", "Stops 1", None, None]
    assert send(*updates).status_code == 200
    assert _ids(raw, *names) == ["Stops 0", "Stops 1", "Stops 2", "Stops 3"]


def test_work_done_behind_an_error_and_errors_without_work(raw: Raw, server: ProcoreServer, send: Send) -> None:
    server.switches.set("procore_500_after", count=1)
    assert send({"name": "After", "origin_id": "spectrum:1:AFTER"}).status_code == 500
    server.switches.set("procore_random_400", count=1)
    assert send({"name": "Never", "origin_id": "spectrum:1:NEVER"}).status_code == 400
    server.switches.set("procore_most_updates", "1")
    two = [{"name": "One", "origin_id": "spectrum:1:ONE"}, {"name": "Two", "origin_id": "spectrum:1:TWO"}]
    assert send(*two).status_code == 413
    assert send(two[0]).status_code == 200
    assert _ids(raw, *(f"spectrum:1:{name}" for name in ("AFTER", "NEVER", "ONE", "TWO"))) == [
        "After",
        None,
        "One",
        None,
    ]


def test_a_slow_answer_comes_after_the_work(raw: Raw, server: ProcoreServer) -> None:
    server.switches.set("procore_slow_after", "1500", 1)
    body = {"company_id": 4001, "updates": [{"name": "Slow", "origin_id": "spectrum:1:SLOW"}]}
    headers = {"Authorization": f"Bearer {raw.token()}", "Procore-Company-Id": "4001"}
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.patch(f"{raw.url}{SYNC}", json=body, headers=headers, timeout=0.5)
    server.switches.clear("procore_slow_after")
    assert _ids(raw, "spectrum:1:SLOW") == ["Slow"]


def test_refused_rows_may_come_as_207(server: ProcoreServer, send: Send) -> None:
    server.switches.set("procore_multi_status")
    answer = send({"id": 17, "name": "Nobody"}, {"name": "Somebody", "origin_id": "spectrum:1:MULTI"})
    assert answer.status_code == 207
    assert len(answer.json()["entities"]) == len(answer.json()["errors"]) == 1
    assert send({"name": "Somebody", "origin_id": "spectrum:1:MULTI"}).status_code == 200


@pytest.mark.parametrize(
    ("way", "status", "errors"),
    [("exact", 2, []), ("unique_ignores", 1, ["has already been taken"]), ("ignored", 1, [])],
)
def test_origin_ids_in_other_letters(
    raw: Raw, server: ProcoreServer, send: Send, way: str, status: int, errors: list[str]
) -> None:
    """Found exactly and doubled, found exactly and refused, or found: a caller sends one case and never learns."""
    server.switches.set("procore_origin_case", way)
    name = f"Case {way}"
    send({"name": name, "origin_id": f"spectrum:1:{way}ACME"})
    answer = send({"name": name, "origin_id": f"spectrum:1:{way}acme"}).json()
    assert [each["errors"]["origin_id"][0] for each in answer["errors"]] == errors
    found = raw.get(VENDORS, company_id=4001, **{"filters[search]": name})
    assert len(found) == status


def test_names_may_repeat_unless_they_may_not(server: ProcoreServer, send: Send) -> None:
    assert len(send({"name": "Twin & Sons"}, {"name": "Twin & Sons"}).json()["entities"]) == 2
    server.switches.set("procore_unique_names", "companies")
    answer = send({"name": "Twin & Sons"}, {"name": "Twins Only Once"}).json()
    assert [each["errors"] for each in answer["errors"]] == [{"name": ["has already been taken"]}]
    assert [each["name"] for each in answer["entities"]] == ["Twins Only Once"]


def test_an_inactive_company_is_listed_apart_and_reactivated_without_a_body(
    raw: Raw, server: ProcoreServer, send: Send
) -> None:
    (made,) = send({"name": "Sleeper", "is_active": False, "origin_code": "SLEEP"}).json()["entities"]
    assert made["id"] in {each["id"] for each in raw.all(INACTIVE)}
    assert made["id"] in {each["id"] for each in raw.all(VENDORS, company_id=4001)}
    server.switches.set("procore_inactive_listed", "off")
    assert made["id"] not in {each["id"] for each in raw.all(VENDORS, company_id=4001)}
    server.switches.set("procore_inactive_writable", "off")
    link = {"id": made["id"], "origin_id": "spectrum:1:SLEEP"}
    assert send(link).json()["errors"][0]["errors"] == {"id": ["Entity with this ID not found"]}
    woken = raw.call("PATCH", f"{INACTIVE}/{made['id']}")
    assert (woken.status_code, woken.json()["is_active"], woken.json()["origin_code"]) == (200, True, "SLEEP")
    assert raw.call("PATCH", f"{INACTIVE}/{made['id']}").status_code == 404, "it is active already"
    assert send(link).json()["entities"][0]["origin_id"] == "spectrum:1:SLEEP"


def test_the_list_of_inactive_companies_may_leave_out_that_they_are(
    raw: Raw, server: ProcoreServer, send: Send
) -> None:
    (made,) = send({"name": "Sleeper without flag", "is_active": False}).json()["entities"]
    assert {each["is_active"] for each in raw.all(INACTIVE)} == {False}
    server.switches.set("procore_inactive_flag", "off")
    assert ["is_active" in each for each in raw.all(INACTIVE) if each["id"] == made["id"]] == [False]
    assert raw.get(f"{VENDORS}/{made['id']}", company_id=4001)["is_active"] is False


def test_text_stays_as_it_was_sent_or_is_tidied(server: ProcoreServer, send: Send) -> None:
    sent = " Cafe\u0301 "
    assert send({"name": sent}).json()["entities"][0]["name"] == sent
    server.switches.set("procore_text", "tidied")
    assert send({"name": sent}).json()["entities"][0]["name"] == "Caf\u00e9"


def test_required_custom_fields_are_skipped_by_the_parameter(server: ProcoreServer, send: Send) -> None:
    server.switches.set("procore_required_field", "vendor.license_number")
    one = {"name": "No licence"}
    assert send(one).json()["errors"] == [], "published: they are not run unless asked for"
    asked = send(one, run_configurable_validations="true").json()["errors"]
    assert asked == [{**one, "errors": {"license_number": ["can't be blank"]}}]
    server.switches.set("procore_validates", "on")
    assert len(send(one).json()["errors"]) == 1
    assert send(one, run_configurable_validations="false").json()["errors"] == []


def test_a_merged_company_is_gone_and_its_origin_id_may_survive(
    raw: Raw, business: str, send: Send, capsys: pytest.CaptureFixture[str]
) -> None:
    made = send({"name": "Merged A", "origin_id": "spectrum:1:MA"}, {"name": "Merged B"}).json()["entities"]
    with psycopg.connect(business) as connection:
        used = connection.execute(
            "SELECT id FROM procore.records WHERE kind = 'work_order_contract' AND fields->>'number' = 'SC-302'"
        ).fetchone()
        assert used is not None
        main(["procore", "change", str(used[0]), f"vendor_id={made[0]['id']}", "--database", business])
        main(["procore", "merge", str(made[0]["id"]), str(made[1]["id"]), "--database", business])
        vendor = connection.execute("SELECT fields->'vendor_id' FROM procore.records WHERE id = %s", used).fetchone()
    assert "origin id spectrum:1:MA" in capsys.readouterr().out
    assert vendor == (made[1]["id"],)
    assert raw.call("GET", f"{VENDORS}/{made[0]['id']}", company_id=4001).status_code == 404
    assert _ids(raw, "spectrum:1:MA") == ["Merged B"]
    with pytest.raises(SystemExit, match="has no company"):
        main(["procore", "merge", str(made[0]["id"]), str(made[1]["id"]), "--database", business])
    main(["procore", "change", str(used[0]), "vendor_id=null", "--database", business])
