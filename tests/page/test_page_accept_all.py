"""Accept all: ticked one by one, worked on by the server also when the browser is closed, with every failure told.

In a real Chromium, by keyboard as well; with two approvers at the same time, and a number that two records want.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import expect

from tests.page.page_airflow import PageAirflow, answer_of
from tests.page.page_browser import SMALL, picture
from tests.page.page_data import FORM, vendor, wait_for_approver

pytestmark = pytest.mark.slow

WHOLE = {**FORM, "vendor_type": {**FORM["vendor_type"], "value": "MAT"}}
ANSWERED = (
    "select ti.map_index, h.params_input ->> 'vendor_code' from hitl_detail as h join task_instance as ti"
    " on ti.id = h.ti_id where ti.run_id = %s and h.responded_at is not null order by 1"
)


def _waiting(page: PageAirflow, run_id: str, name: str, codes: list[str], *, first: int = 0) -> None:
    for index, code in enumerate(codes, first):
        title = f"{name} {index}"
        wait_for_approver(page.warehouse_url, f"{run_id}{index}", title, run_id, index, code=code, complete=True)
        page.waits("export_vendors", run_id, index, WHOLE)


@pytest.fixture(autouse=True)
def _no_batch_is_left(page: PageAirflow) -> Iterator[None]:
    yield
    for _ in range(2):  # the first stops one that is under way, the second dismisses it
        page.post("accounting", "api/export/accept-all/stop", {})
        _ended(page)


def _ended(page: PageAirflow, seconds: float = 90) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        batch = page.get("accounting", "api/export/accept-all").json()["batch"]
        if batch is None or batch["state"] != "running":
            return batch
        time.sleep(0.3)
    pytest.fail("the batch did not come to its end")


def test_what_is_not_ticked_stays_and_the_outcome_is_told_above_the_list(visit: Any, page: PageAirflow) -> None:
    _waiting(page, "browser__tick", "Ticked", ["TICK0", "TICK1", "TICK2"])
    tab = visit("accounting", "export/waiting?object=vendors&search=Ticked", size=SMALL)
    tab.get_by_role("button", name="Accept all that need no input").focus()
    tab.keyboard.press("Enter")
    dialog = tab.get_by_role("dialog")
    dialog.get_by_label("Ticked 1", exact=True).focus()
    tab.keyboard.press("Space")
    picture(tab, "accept-all-ticked")
    dialog.get_by_role("button", name="Accept 2").focus()
    tab.keyboard.press("Enter")
    outcome = tab.get_by_role("region", name="Accept all")
    expect(outcome).to_contain_text("2 records were accepted of 2", timeout=20_000)
    expect(outcome).to_be_in_viewport()
    assert page.metadata(ANSWERED, "browser__tick") == [(0, "TICK0"), (2, "TICK2")]


def test_a_batch_goes_on_when_the_browser_is_closed_and_is_told_to_who_comes_back(
    visit: Any, page: PageAirflow
) -> None:
    codes = [f"SHUT{number}" for number in range(25)]
    _waiting(page, "browser__shut", "Shut", codes)
    tab = visit("accounting", "export/waiting?object=vendors&search=Shut")
    tab.get_by_role("button", name="Accept all that need no input").click()
    tab.get_by_role("dialog").get_by_role("button", name="Accept 25").click()
    expect(tab.get_by_role("region", name="Accept all")).to_contain_text("of 25")
    picture(tab, "accept-all-under-way")
    tab.context.close()
    assert len(page.metadata(ANSWERED, "browser__shut")) < 25, "it was closed in the middle"
    batch = _ended(page)
    assert (batch["state"], batch["done"], batch["failed"]) == ("over", 25, [])
    assert [code for _, code in page.metadata(ANSWERED, "browser__shut")] == codes
    tab = visit("accounting", "export/synced")
    expect(tab.get_by_role("region", name="Accept all")).to_contain_text("25 records were accepted of 25")


def test_of_two_approvers_the_second_is_told_which_record_the_first_has_answered(visit: Any, page: PageAirflow) -> None:
    _waiting(page, "browser__two", "Double", ["DOUBLE0", "DOUBLE1"])
    tab = visit("accounting", "export/waiting?object=vendors&search=Double")
    tab.get_by_role("button", name="Accept all that need no input").click()
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_label("Double 0", exact=True)).to_be_checked()
    first = answer_of(page, "browser__two0", answers={"vendor_code": "MINE", "vendor_type": "SUB"})
    assert page.post("accounting", "api/export/answer", first).status_code == 200
    dialog.get_by_role("button", name="Accept 2").click()
    outcome = tab.get_by_role("region", name="Accept all")
    expect(outcome).to_contain_text("1 record was accepted of 2, 1 could not be.", timeout=20_000)
    expect(outcome.get_by_role("listitem")).to_contain_text("Double 0: It was answered already by accounting.")
    picture(tab, "accept-all-failure")
    outcome.get_by_role("link", name="Double 0").click()
    expect(dialog).to_contain_text("Answered by accounting")
    assert page.metadata(ANSWERED, "browser__two") == [(0, "MINE"), (1, "DOUBLE1")]


def test_a_number_that_two_records_want_is_marked_and_accepted_for_neither(visit: Any, page: PageAirflow) -> None:
    _waiting(page, "browser__clash", "Clash", ["SAME", "same", "OTHER"])
    tab = visit("accounting", "export/waiting?object=vendors&search=Clash", size=SMALL)
    tab.get_by_role("button", name="Accept all that need no input").click()
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("2 cannot be accepted here")
    expect(dialog.get_by_role("row", name=re.compile("^Clash 0"))).to_contain_text(
        "Vendor code SAME is also proposed for Clash 1."
    )
    expect(dialog.get_by_label("Clash 0", exact=True)).to_be_disabled()
    expect(dialog.get_by_role("button", name="Accept 1")).to_be_enabled()
    picture(tab, "accept-all-clash")


def test_with_500_waiting_records_the_first_200_are_offered_and_every_page_of_the_list_is_there(
    visit: Any, page: PageAirflow
) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute(
            "insert into export.queue (object_name, company_code, project_id, record_id, title, state, fingerprint,"
            " shown, asks_dag_id, asks_run_id, asks_task_id, asks_map_index, run_id) select 'vendors', '1', '',"
            " 'many' || n, 'Many ' || n, 'waiting', 'f', replace(%s, 'MANYCODE', 'MANY' || n)::jsonb,"
            " 'export_vendors', 'browser__many', 'record.approve', n, 'seed' from generate_series(1, 500) as n",
            [json.dumps(vendor("Many", "MANYCODE", complete=True))],
        )
    tab = visit("accounting", "export/waiting?object=vendors&search=Many")
    expect(tab.get_by_role("row", name="Many")).to_have_count(50)
    tab.get_by_role("button", name="Accept all that need no input").click()
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("There are more: these are the first 200.")
    dialog.get_by_label("All of them").uncheck()
    expect(dialog.get_by_role("button", name="Accept 0")).to_be_disabled()
    dialog.get_by_label("All of them").check()
    expect(dialog.get_by_role("button", name="Accept 200")).to_be_enabled()
    picture(tab, "accept-all-many")


def test_only_approvers_accept_and_only_one_batch_at_a_time(page: PageAirflow) -> None:
    _waiting(page, "browser__who", "Who", ["WHO0"])
    item = {**answer_of(page, "browser__who0", answers={"vendor_code": "WHO0", "vendor_type": "MAT"}), "title": "Who 0"}
    assert page.post("vera", "api/export/accept-all", {"items": [item]}).status_code == 403
    refused = page.post("accounting", "api/export/accept-all", {"items": [{**item, "decision": "reject"}]})
    assert refused.status_code == 422
    assert page.get("vera", "api/export/accept-all").json() == {"batch": None}
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute("update export.queue set asks_map_index = 99 where record_id = 'browser__who0'")
    assert page.post("accounting", "api/export/accept-all", {"items": [item]}).status_code == 200
    batch = _ended(page)
    assert [row["title"] for row in batch["failed"]] == ["Who 0"]
    assert "no longer waits for this answer" in json.dumps(batch["failed"])
