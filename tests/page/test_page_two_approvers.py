"""Two approvers who answer the same question at the same time: one wins, the other is told who was first."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import yaml
from playwright.sync_api import Page, Route, expect

from tests.page.page_airflow import HEADER, PageAirflow, answer_of
from tests.page.page_browser import picture
from tests.page.page_data import FORM, wait_for_approver

pytestmark = pytest.mark.slow

#: Both may answer by Airflow's rights; these settings name both.
TWO = {"accounting": "Accounting", "ops": "Olga"}


@pytest.fixture
def two_approvers(page: PageAirflow) -> Iterator[None]:
    file = page.airflow.home / "settings.yaml"
    before = file.read_text(encoding="utf-8")
    settings = yaml.safe_load(before)
    settings["exports"]["approvers"] = [{"id": id, "name": name} for id, name in TWO.items()]
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    yield
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute("delete from export.queue where asks_run_id = any(%s)", [["browser__same", "browser__race"]])
    changed = file.stat().st_mtime_ns
    file.write_text(before, encoding="utf-8")
    os.utime(file, ns=(changed + 1, changed + 1))  # so the server reads it again


def _asked(page: PageAirflow, record: str, title: str, run: str, index: int) -> None:
    wait_for_approver(page.warehouse_url, record, title, run, index)
    page.waits("export_vendors", run, index, FORM, approver=tuple(TWO))


def _kept(page: PageAirflow, run: str, index: int = 0) -> list[tuple[Any, ...]]:
    return page.metadata(
        "select h.responded_by ->> 'id', h.chosen_options, h.params_input ->> 'vendor_code' from hitl_detail as h"
        " join task_instance as t on t.id = h.ti_id where t.run_id = %s and t.map_index = %s",
        run, index,
    )  # fmt: skip


def test_two_browsers_answer_in_the_same_moment(visit: Any, page: PageAirflow, two_approvers: None) -> None:
    _asked(page, "two", "Twice Tile", "browser__same", 0)
    held: list[Route] = []
    tabs: dict[str, Page] = {}
    for user in TWO:
        tab = tabs[user] = visit(user, "export/record/vendors/1/-/two")
        dialog = tab.get_by_role("dialog")
        dialog.get_by_label("Vendor code").fill(f"OF{user[:3].upper()}")
        dialog.get_by_label("Vendor type").select_option("SUB")
        # The page does not notice by itself that somebody else is answering.
        tab.route("**/api/export/record*", lambda route: route.fulfill(status=503, body="{}"))
        tab.route("**/api/export/answer", lambda route: held.append(route))
    for tab in tabs.values():
        tab.get_by_role("dialog").get_by_role("button", name="Accept and send to Spectrum").click()
    for tab in tabs.values():
        tab.wait_for_timeout(200)
    assert len(held) == 2, "both answers are on their way"
    for route in held:
        route.continue_()
    for tab in tabs.values():
        gone = tab.get_by_role("row", name="Twice Tile").get_by_text("Answered")
        expect(gone.or_(tab.get_by_role("dialog").get_by_text("It was answered already by")).first).to_be_visible()
    ((winner, options, code),) = _kept(page, "browser__same")
    (loser,) = TWO.keys() - {winner}
    assert (options, code) == (["Accept"], f"OF{winner[:3].upper()}"), "what the winner sent, whole"
    expect(tabs[winner].get_by_role("row", name="Twice Tile").get_by_text("Answered")).to_be_visible()
    late = tabs[loser].get_by_role("dialog")
    expect(late).to_contain_text(f"It was answered already by {winner}.")
    picture(tabs[loser], "somebody-was-first")
    tabs[loser].unroute("**/api/export/record*")
    late.get_by_role("button", name="Look again").click()
    expect(late).to_contain_text(f"Answered by {winner}: it is being taken up.")
    expect(late.get_by_role("button", name="Accept and send to Spectrum")).to_have_count(0)


def test_of_many_answers_in_the_same_moment_each_question_keeps_the_one_that_was_taken(
    page: PageAirflow, two_approvers: None
) -> None:
    """Whoever hears that an answer was taken has answered, and nobody else: ten questions, two approvers each."""
    for index in range(10):
        _asked(page, f"race{index}", f"Race {index}", "browser__race", index)
    for index in range(10):
        given = answer_of(page, f"race{index}")
        together, said = threading.Barrier(2), {}

        def answer(user: str) -> None:
            session = page.session(user)
            body = {**given, "answers": {"vendor_code": user[:3].upper(), "vendor_type": "SUB"}}  # noqa: B023
            together.wait()  # noqa: B023
            found = session.post(f"{page.url}/api/export/answer", json=body, headers=HEADER, timeout=60)
            said[user] = (found.status_code, found.json().get("detail"))  # noqa: B023

        threads = [threading.Thread(target=answer, args=[user]) for user in TWO]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        taken = [user for user, (status, _) in said.items() if status == 200]
        ((winner, _, code),) = _kept(page, "browser__race", index)
        assert taken == [winner], said
        assert code == winner[:3].upper()
        (loser,) = TWO.keys() - {winner}
        assert said[loser] == (409, f"It was answered already by {winner}.")
