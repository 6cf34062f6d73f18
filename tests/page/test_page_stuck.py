"""A record under way that no task works on stands still: it is red, says since when and why, and has one button.

The same for an answer that was lost, and for a question that takes no answer any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import expect

from tests.page.page_airflow import PageAirflow, answer_of
from tests.page.page_browser import picture
from tests.page.page_data import FORM, wait_for_approver

pytestmark = pytest.mark.slow

RUN = "browser__still"


@pytest.fixture
def under_way(page: PageAirflow) -> Iterator[Any]:
    """Puts an accepted vendor under way, whose task to send has the state that Airflow gives it."""
    # Approvals that other tests have answered stay scheduled, since no scheduler runs here: each could be any record's.
    page.metadata("update task_instance set state = 'success' where task_id = 'record.approve' and state = 'scheduled'")

    def put(record: str, state: str, index: int, task: str | None, *, minutes: int = 20) -> None:
        page.waits("export_vendors", RUN, index, FORM)
        if task is not None:
            page.metadata(
                "insert into task_instance select (jsonb_populate_record(null::task_instance, to_jsonb(ti) ||"
                " jsonb_build_object('id', gen_random_uuid(), 'map_index', %s::int, 'state', %s::text,"
                " 'try_number', 1))).* from task_instance as ti where dag_id = 'export_vendors' and run_id = %s"
                " and task_id = 'record.send' and map_index = -1",
                index, task, RUN,
            )  # fmt: skip
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute(
                "with attempt as (insert into export.ledger (object_name, company_code, project_id, record_id, title,"
                " decision, answers, answered_by, answered_by_name, answered_at, fingerprint, content, state, dag_id,"
                " run_id, task_id, map_index) values ('vendors', '1', '', %(record)s, %(record)s, 'accept', '{}',"
                " 'accounting', 'Accounting', now(), 'f', '{}', %(state)s, 'export_vendors', %(run)s, 'record.approve',"
                " %(index)s) returning attempt_id) insert into export.queue (object_name, company_code, project_id,"
                " record_id, title, state, fingerprint, run_id, attempt_id, changed_at) select 'vendors', '1', '',"
                " %(record)s, %(record)s, %(state)s, 'f', %(run)s, attempt_id, now() - make_interval(mins => %(age)s)"
                " from attempt",
                {"record": record, "state": state, "run": RUN, "index": index, "age": minutes},
            )

    yield put
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute("delete from export.queue where run_id = %s", [RUN])


def test_a_record_whose_task_failed_for_good_stands_still_and_goes_on_by_one_button(
    visit: Any, page: PageAirflow, under_way: Any
) -> None:
    under_way("Stranded Steel", "sending", 1, "failed")
    under_way("Lost Lumber", "unknown", 2, None)
    under_way("Moving Masonry", "sending", 3, "up_for_retry")
    under_way("Fresh Framing", "sending", 4, None, minutes=0)
    tab = visit("admin", "export/sending?object=vendors")
    expect(tab.get_by_role("link", name="Being sent").locator(".count")).to_have_class("count bad")
    expect(tab.get_by_role("alert")).to_contain_text("2 records stand still.")
    expect(tab.get_by_role("row", name="Stranded Steel")).to_contain_text("Stands still")
    expect(tab.get_by_role("row", name="Moving Masonry").get_by_text("Sending")).to_be_visible()
    expect(tab.get_by_role("row", name="Fresh Framing").get_by_text("Sending")).to_be_visible()
    picture(tab, "stands-still-list")
    tab.get_by_role("row", name="Lost Lumber").click()
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("It stands still, since")
    expect(dialog).to_contain_text("The answer to a call was lost, and nothing looks up what became of it")
    picture(tab, "stands-still-lost")
    tab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    tab.get_by_role("row", name="Stranded Steel").focus()
    tab.keyboard.press("Enter")
    expect(dialog).to_contain_text("nothing sends it any further")
    expect(dialog).not_to_contain_text("Nothing to do")
    dialog.get_by_role("button", name="Go on with it").click()
    resume = dialog.get_by_role("button", name="Resume and start")
    expect(resume.or_(dialog.get_by_text("Started: it looks up")).first).to_be_visible()
    if resume.is_visible():
        resume.click()
    expect(dialog).to_contain_text("Started: it looks up what Spectrum has of it, and sends only what is missing.")
    runs = page.airflow.api("admin").runs("export_vendors")
    assert {"records": ["Stranded Steel"], "companies": ["1"]} in [run["conf"] for run in runs]


def test_a_record_that_moves_has_nothing_to_do(visit: Any, under_way: Any) -> None:
    under_way("Calm Concrete", "sending", 5, "running")
    tab = visit("vera", "export/record/vendors/1/-/Calm%20Concrete")
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("Accepted, and on its way to Spectrum. Nothing to do.")
    expect(dialog.get_by_role("button", name="Go on with it")).to_have_count(0)


def test_a_question_whose_task_has_ended_takes_no_answer_and_says_so(visit: Any, page: PageAirflow) -> None:
    wait_for_approver(page.warehouse_url, "dead", "Dead Drywall", "browser__dead", 70)
    page.waits("export_vendors", "browser__dead", 70, FORM)
    page.metadata("update task_instance set state = 'failed' where run_id = 'browser__dead' and map_index = 70")
    given = answer_of(page, "dead", answers={"vendor_code": "DEAD", "vendor_type": "SUB"})
    refused = page.post("accounting", "api/export/answer", given)
    assert refused.status_code == 409
    assert "The answer can no longer be taken" in refused.json()["detail"]
    tab = visit("admin", "export/record/vendors/1/-/dead")
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("the task that asked has ended (failed in Airflow)")
    expect(dialog.get_by_role("button", name="Collect again")).to_be_enabled()
    picture(tab, "dead-question")


@pytest.mark.parametrize(
    ("happened", "says"),
    [
        (  # As Airflow marks a run failed: with the task that waits.
            "with over as (update dag_run set state = 'failed' where run_id = %s returning run_id)"
            " update task_instance as t set state = 'failed' from over where t.run_id = over.run_id",
            "The run that asked has ended (failed in Airflow)",
        ),
        ("delete from dag_run where run_id = %s", "The run that asked was deleted in Airflow"),
        (
            "update task_instance set state = 'failed', end_date = now() - interval '5 minutes' where run_id = %s",
            "The task that asked has ended (failed in Airflow)",
        ),
    ],
    ids=["ended", "deleted", "task"],
)
def test_a_record_whose_question_is_dead_stands_still_and_is_asked_about_again_by_one_button(
    visit: Any, page: PageAirflow, happened: str, says: str
) -> None:
    run = f"browser__over{len(says)}"
    for record, title, at in (("over", "Over Overhead", run), ("alive", "Alive Alarms", f"browser__alive{len(says)}")):
        wait_for_approver(page.warehouse_url, record, title, at, 80)
        page.waits("export_vendors", at, 80, FORM)
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute("update export.queue set changed_at = now() - interval '9 minutes' where record_id = 'over'")
    page.metadata(happened, run)
    tab = visit("admin", "export/waiting?object=vendors")
    expect(tab.get_by_role("link", name="Waiting for approval").locator(".count")).to_have_class("count bad")
    expect(tab.get_by_role("alert")).to_contain_text("1 record stands still. Nobody can answer the question about it")
    expect(tab.get_by_role("row", name="Over Overhead")).to_contain_text("Stands still")
    expect(tab.get_by_role("row", name="Over Overhead")).to_contain_text(says)
    expect(tab.get_by_role("row", name="Alive Alarms")).not_to_contain_text("Stands still")
    tab.get_by_role("row", name="Over Overhead").focus()
    tab.keyboard.press("Enter")
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text(f"{says}, so nobody takes an answer any more.")
    expect(dialog).not_to_contain_text("about to ask")
    picture(tab, "dead-question-list")
    given = answer_of(page, "over", answers={"vendor_code": "OVER", "vendor_type": "SUB"})
    refused = page.post("accounting", "api/export/answer", given)
    assert refused.status_code == 409
    assert "Ask again, then answer." in refused.json()["detail"]
    dialog.get_by_role("button", name="Ask again").click()
    resume = dialog.get_by_role("button", name="Resume and start")
    expect(resume.or_(dialog.get_by_text("Started: in a moment it waits")).first).to_be_visible()
    if resume.is_visible():
        resume.click()
    expect(dialog).to_contain_text("Started: in a moment it waits for approval again")
    runs = page.airflow.api("admin").runs("export_vendors")
    assert {"records": ["over"], "companies": ["1"]} in [run["conf"] for run in runs]


def test_a_cleared_question_stands_still_only_while_its_dag_is_paused(page: PageAirflow) -> None:
    wait_for_approver(page.warehouse_url, "cleared", "Cleared Ceilings", "browser__cleared", 81)
    page.waits("export_vendors", "browser__cleared", 81, FORM)
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute(
            "update export.queue set changed_at = now() - interval '9 minutes' where record_id = 'cleared'"
        )
    page.metadata("update task_instance set state = null where run_id = 'browser__cleared' and map_index = 81")
    api = page.airflow.api("admin")
    found = {}
    try:
        for paused in (True, False):
            api.call("PATCH", "dags/export_vendors", {"is_paused": paused})
            found[paused] = page.get(
                "admin", "api/export/record", object="vendors", company="1", record="cleared"
            ).json()
    finally:
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute("delete from export.queue where record_id = 'cleared'")
    assert "its DAG is paused" in found[True]["still"]["why"]
    assert found[False]["still"] is None


def test_a_number_that_is_taken_is_refused_while_it_is_typed_and_by_the_server(visit: Any, page: PageAirflow) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute(
            "insert into export.claims (company_code, space, key, object_name, project_id, record_id, title, linked,"
            " claimed_by, claimed_by_name, claimed_at) values ('1', 'vendor', 'PEAK', 'vendors', '', 'p9',"
            " 'Peak Plumbing', false, 'lee', 'Lee', now())"
        )
    wait_for_approver(page.warehouse_url, "typed", "Typed Tile", "browser__typed", 71)
    page.waits("export_vendors", "browser__typed", 71, FORM)
    tab = visit("accounting", "export/record/vendors/1/-/typed")
    dialog = tab.get_by_role("dialog")
    code = dialog.get_by_label("Vendor code")
    code.fill("PEAK")
    said = "Vendor code PEAK is taken: Lee has accepted it for Peak Plumbing. Choose another."
    expect(dialog).to_contain_text(said)
    expect(code).to_have_attribute("aria-invalid", "true")
    picture(tab, "taken-while-typed")
    code.fill("PEAKS")
    expect(dialog).not_to_contain_text("is taken")
    given = answer_of(page, "typed", answers={"vendor_code": "PEAK", "vendor_type": "SUB"})
    refused = page.post("accounting", "api/export/answer", given)
    assert refused.status_code == 422
    assert refused.json()["detail"]["fields"] == {"vendor_code": said}
    answered = page.metadata(
        "select count(*) from hitl_detail as h join task_instance as t on t.id = h.ti_id"
        " where t.run_id = 'browser__typed' and h.responded_at is not null"
    )
    assert answered == [(0,)]
