"""The page in a real headless Chromium: by mouse and by keyboard, in light and dark, inside Airflow (M8).

Pictures are left in `.run/screenshots`. Needs a Chromium that no Python package brings: Debian's package `chromium`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import expect

from tests.page.page_airflow import PageAirflow, answer_of
from tests.page.page_browser import SMALL, picture
from tests.page.page_data import CONTRACT_FORM, FORM, wait_for_approver

pytestmark = pytest.mark.slow

VIEWS = {
    "overview": ("overview", "Standard cost codes"),
    "import-rejected": ("import/rejected", "Why it was rejected"),
    "import-checks": ("import/checks", "Deleted share"),
    "import-drift": ("import/drift", "Fax_2"),
    "export-failed": ("export/failed", "The lines have two cost types"),
    "export-synced": ("export/synced", "Blue Spruce Electric"),
    "jobs": ("job-cost", "24-0001"),
    "job-cost": ("job-cost/1/24-0003", "By phase and cost type"),
    "wip": ("wip", "Without a contract"),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", VIEWS)
def test_every_view_fits_a_laptop(visit: Any, name: str, theme: str) -> None:
    view, text = VIEWS[name]
    tab = visit("accounting", view, theme)
    expect(tab.get_by_text(text).first).to_be_visible()
    expect(tab.locator("html")).to_have_attribute("data-theme", theme)
    wide = tab.evaluate(
        "Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll("
        "'main > section > .scroll')].map(e => e.scrollWidth - e.clientWidth + innerWidth)) - innerWidth"
    )
    picture(tab, f"{name}-{theme}")
    assert wide <= 0, f"{wide} pixels do not fit"


def test_it_opens_inside_airflow_and_downloads(visit: Any, page: PageAirflow, tmp_path: Path) -> None:
    tab = visit("vera", inside=True)
    frame = tab.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="ERP Integrations")).to_be_visible(timeout=30_000)
    expect(tab.get_by_role("link", name="ERP Integrations")).to_be_visible()
    picture(tab, "inside-airflow")
    frame.get_by_role("link", name="From Spectrum").click()
    with tab.expect_download() as download:
        frame.get_by_role("link", name="Download CSV").click()
    download.value.save_as(tmp_path / "rejected.csv")
    assert (tmp_path / "rejected.csv").read_text(encoding="utf-8-sig").startswith("company_code,object_name")


def test_rejected_rows_are_two_clicks_away(visit: Any) -> None:
    tab = visit("vera")
    tab.get_by_role("row", name="Job costs").get_by_role("link", name="124").click()
    tab.get_by_role("row", name=re.compile("tran_date")).first.click()
    expect(tab.get_by_role("dialog")).to_contain_text("The row as Spectrum holds it")
    picture(tab, "rejected-row")
    tab.keyboard.press("Escape")
    tab.get_by_role("button", name="Next").click()
    expect(tab.get_by_text("Page 2")).to_be_visible()
    tab.get_by_role("searchbox").fill("12.3.4")
    expect(tab.get_by_role("cell", name="20250231")).to_have_count(0)
    expect(tab.get_by_text("Page 2")).to_have_count(0)


def test_a_viewer_looks_and_an_operator_refreshes(visit: Any) -> None:
    expect(visit("vera").get_by_role("button", name="Refresh Budgets")).to_be_disabled()
    tab = visit("ops")
    tab.get_by_role("button", name="Refresh Budgets").click()
    expect(tab.get_by_role("dialog")).to_contain_text("paused in Airflow")
    picture(tab, "resume")
    tab.get_by_role("button", name="Resume and start").click()
    expect(tab.get_by_role("row", name="Budgets").get_by_text("Queued").first).to_be_visible()
    expect(tab.get_by_role("button", name="Refresh Budgets")).to_be_disabled()
    picture(tab, "queued")


def test_an_approver_accepts_and_rejects_by_keyboard(visit: Any, page: PageAirflow) -> None:
    for index, (record, title) in enumerate((("k1", "Keystone Paving"), ("k2", "Mesa Fencing"))):
        wait_for_approver(page.warehouse_url, record, title, "browser__1", index)
        page.waits("export_vendors", "browser__1", index, FORM)
    onlooker = visit("vera", "export/waiting")
    onlooker.get_by_role("row", name="Keystone Paving").get_by_role("button", name="Look").click()
    expect(onlooker.get_by_role("dialog")).to_contain_text("Only accounting approvers may answer: Accounting")
    tab = visit("accounting", "export/waiting")
    tab.get_by_role("row", name="Keystone Paving").focus()
    tab.keyboard.press("Enter")
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_label("Vendor code")).to_have_value("FRONTRANGE")
    picture(tab, "approve")
    # Enter in a field sends nothing: it leads to the button, which has to be pressed.
    dialog.get_by_label("Vendor code").focus()
    tab.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Accept and send to Spectrum")).to_be_focused()
    expect(dialog.get_by_text("Vendor type is empty.")).to_have_count(0)
    tab.keyboard.press("Enter")
    expect(dialog.get_by_text("Vendor type is empty.")).to_be_visible()
    expect(dialog.get_by_label("Vendor type")).to_be_focused()
    picture(tab, "approve-incomplete")
    dialog.get_by_label("Vendor type").select_option("SUB")
    dialog.get_by_label("Vendor code").fill("KEYSTONE")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("row", name="Keystone Paving").get_by_text("Answered")).to_be_visible()
    expect(tab.locator("tr:focus")).to_have_count(1)  # on to the next record, not back to the top of the page
    expect(tab.get_by_role("row", name="Keystone Paving")).not_to_be_focused()
    tab.get_by_role("row", name="Mesa Fencing").press("Enter")
    dialog.get_by_role("button", name="Reject…").press("Enter")
    expect(dialog.get_by_label("Reason for the rejection")).to_be_focused()
    expect(dialog.get_by_label("Reason for the rejection")).to_be_in_viewport()
    tab.keyboard.type("Not a vendor of ours")
    dialog.get_by_role("button", name="Reject it").press("Enter")
    expect(tab.get_by_role("row", name="Mesa Fencing").get_by_text("Answered")).to_be_visible()
    told = page.metadata(
        "select h.chosen_options, h.params_input from hitl_detail as h join task_instance as ti on ti.id = h.ti_id"
        " where ti.run_id = 'browser__1' order by ti.map_index"
    )
    assert told == [
        (["Accept"], {"vendor_code": "KEYSTONE", "vendor_type": "SUB", "reason": None}),
        (["Reject"], {"vendor_code": "FRONTRANGE", "vendor_type": None, "reason": "Not a vendor of ours"}),
    ]


def test_a_value_that_does_not_fit_is_told_at_once_and_never_cut(visit: Any, page: PageAirflow) -> None:
    wait_for_approver(page.warehouse_url, "w1", "Ready Roofing", "browser__3", 20)
    page.waits("export_vendors", "browser__3", 20, FORM)
    tab = visit("accounting", "export/waiting")
    tab.get_by_role("row", name="Ready Roofing").click()
    dialog = tab.get_by_role("dialog")
    code = dialog.get_by_label("Vendor code")
    code.fill("READYROOFING26")
    expect(code).to_have_value("READYROOFING26")
    expect(dialog).to_contain_text("14 of 10")
    expect(dialog).to_contain_text("Vendor code has 14 characters; Spectrum takes at most 10.")
    code.fill("ready roof")
    expect(dialog).to_contain_text("Spectrum takes only upper-case letters and digits.")
    dialog.get_by_label("Vendor type").select_option("SUB")
    picture(tab, "approve-wrong")
    dialog.get_by_role("button", name="Accept and send to Spectrum").click()
    expect(code).to_be_focused()
    code.fill("READYROOF")
    expect(dialog.locator("dd", has_text="READYROOF")).to_be_visible()
    query = "select 1 from hitl_detail where responded_at is not null and params_input ->> 'vendor_code' like 'ready%%'"
    assert page.metadata(query) == []


def test_what_is_asked_anew_waits_again_with_its_reason(visit: Any, page: PageAirflow) -> None:
    wait_for_approver(page.warehouse_url, "w2", "Steel & Sons", "browser__4", 30)
    page.waits("export_vendors", "browser__4", 30, FORM)
    tab = visit("accounting", "export/waiting")
    row = tab.get_by_role("row", name="Steel & Sons")
    row.click()
    dialog = tab.get_by_role("dialog")
    dialog.get_by_label("Vendor type").select_option("SUB")
    dialog.get_by_role("button", name="Accept and send to Spectrum").click()
    expect(row.get_by_text("Answered")).to_be_visible()
    reason = "the form cannot be sent: Steel & Sons: vendor code FRONTRANGE belongs to Lee. What to do: type another."
    wait_for_approver(page.warehouse_url, "w2", "Steel & Sons", "browser__5", 31, reason=reason)
    page.waits("export_vendors", "browser__5", 31, FORM)
    # Without a reload of the page: the list follows.
    expect(row.get_by_text("Asked again")).to_be_visible(timeout=15_000)
    expect(row.get_by_text("Answered")).to_have_count(0)
    told = row.get_by_text("The form cannot be sent: vendor code FRONTRANGE belongs to Lee.")
    expect(told).to_have_class(re.compile("badtext"))
    picture(tab, "asked-again")


def test_somebody_else_was_faster(visit: Any, page: PageAirflow) -> None:
    wait_for_approver(page.warehouse_url, "w3", "Union Glass", "browser__6", 40)
    page.waits("export_vendors", "browser__6", 40, FORM)
    tab = visit("accounting", "export/waiting")
    tab.get_by_role("row", name="Union Glass").click()
    dialog = tab.get_by_role("dialog")
    dialog.get_by_label("Vendor type").select_option("SUB")
    tab.route("**/api/export/record*", lambda route: route.abort())  # the page does not notice by itself
    given = answer_of(page, "w3", answers={"vendor_code": "UNION", "vendor_type": "SUB"})
    assert page.post("accounting", "api/export/answer", given).status_code == 200
    dialog.get_by_role("button", name="Accept and send to Spectrum").click()
    expect(dialog).to_contain_text("It was answered already by accounting")
    tab.unroute("**/api/export/record*")
    dialog.get_by_role("button", name="Look again").click()
    expect(dialog).to_contain_text("Answered by accounting: it is being taken up.")
    expect(dialog.get_by_label("Vendor type")).to_have_count(0)


def test_the_amounts_and_their_total_are_in_sight_before_anything_is_accepted(visit: Any, page: PageAirflow) -> None:
    page.waits("export_commitments", "manual__1", 5, CONTRACT_FORM)
    for theme in ("light", "dark"):
        tab = visit("accounting", "export/waiting?object=commitments", theme, size=SMALL)
        row = tab.get_by_role("row", name="SC-0001")
        expect(row).to_contain_text("Subcontract id SC-0001")
        expect(row).to_contain_text("59,500.25")
        row.click()
        dialog = tab.get_by_role("dialog")
        lines = dialog.get_by_role("region", name="Lines of the subcontract")
        expect(lines.get_by_role("row", name="16900")).to_contain_text("(1,150.25)")
        expect(lines.get_by_role("row", name="Total of 3 lines")).to_contain_text("59,500.25")
        expect(dialog.get_by_role("button", name="Accept and send to Spectrum")).to_be_in_viewport()
        expect(dialog.get_by_role("group", name="Answer", exact=True)).to_contain_text("Contract amount 59,500.25")
        dialog.get_by_label("Subcontract id").fill("SC-77")
        expect(dialog.locator("dd", has_text="SC-77")).to_be_visible()
        expect(dialog).not_to_contain_text("UpdateSubcontract")
        wide = dialog.evaluate(
            "e => Math.max(...[e, ...e.querySelectorAll('.scroll')].map(d => d.scrollWidth - d.clientWidth))"
        )
        picture(tab, f"approve-contract-{theme}")
        assert wide <= 0
        dialog.get_by_role("button", name="Take out…").click()
        expect(dialog).to_contain_text("until somebody collects it again")
        picture(tab, f"take-out-{theme}")
        tab.evaluate("location.hash = '#/export/failed'")
        expect(dialog).to_have_count(0)
    answered = "select count(*) from hitl_detail as h join task_instance as t on t.id = h.ti_id where t.dag_id = %s"
    assert page.metadata(f"{answered} and h.responded_at is not null", "export_commitments") == [(0,)]


def test_all_of_the_list_that_need_no_input_are_accepted_and_the_others_stay(visit: Any, page: PageAirflow) -> None:
    whole = {**FORM, "vendor_type": {**FORM["vendor_type"], "value": "MAT"}}
    for index, form in ((10, whole), (11, whole), (12, FORM), (13, whole)):
        name = f"Bulk {index}" if index < 13 else "Single 13"
        code, complete = f"BULK{index}", form is whole
        wait_for_approver(page.warehouse_url, f"a{index}", name, "browser__2", index, code=code, complete=complete)
        page.waits("export_vendors", "browser__2", index, form)
    tab = visit("accounting", "export/waiting?object=vendors", size=SMALL)
    tab.get_by_role("searchbox").fill("bulk")
    expect(tab.get_by_role("row", name="Single 13")).to_have_count(0)
    tab.get_by_role("button", name="Accept all that need no input").click()
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_role("row", name="Bulk 10")).to_contain_text("Vendor code BULK10")
    expect(dialog.get_by_role("row", name="Bulk 10")).to_contain_text("Vendor type MAT")
    expect(dialog).not_to_contain_text("Bulk 12")
    expect(dialog).not_to_contain_text("Single 13")
    picture(tab, "accept-all")
    dialog.get_by_role("button", name="Accept 2").click()
    outcome = tab.get_by_role("region", name="Accept all")
    expect(outcome).to_contain_text("2 records were accepted of 2")
    expect(dialog).to_have_count(0)
    picture(tab, "accepted-all")
    expect(tab.get_by_role("row", name="Bulk 12").get_by_text("Waiting")).to_be_visible()
    outcome.get_by_role("button", name="Dismiss").click()
    expect(outcome).to_have_count(0)
    answered = page.metadata(
        "select ti.map_index, h.params_input ->> 'vendor_code' from hitl_detail as h join task_instance as ti"
        " on ti.id = h.ti_id where ti.run_id = 'browser__2' and h.responded_at is not null order by 1"
    )
    assert answered == [(10, "BULK10"), (11, "BULK11")]


def test_a_record_is_collected_again_and_all_objects_are_looked_at(visit: Any, page: PageAirflow) -> None:
    tab = visit("admin", "export/rejected")
    tab.get_by_role("row", name="SC-0003").click()
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("Wrong vendor; see e-mail of Monday.")
    dialog.get_by_role("button", name="Collect again").click()
    resume = dialog.get_by_role("button", name="Resume and start")
    expect(resume.or_(dialog.get_by_text("Started")).first).to_be_visible()
    if resume.is_visible():
        resume.click()
    expect(dialog.get_by_text("Started: in a moment it waits for approval")).to_be_visible()
    picture(tab, "collect-again")
    tab.keyboard.press("Escape")
    tab.get_by_role("button", name="Look at Procore now").click()
    expect(dialog.get_by_label("Object")).to_have_value("*")
    dialog.get_by_role("button", name="Start").click()
    expect(dialog).to_contain_text("Paused in Airflow, so nothing would run")
    picture(tab, "look-at-all")
    dialog.get_by_label("Object").select_option("forecasts")
    expect(dialog).not_to_contain_text("Paused in Airflow")
    expect(dialog.get_by_role("button", name="Start")).to_be_visible()
    runs = page.airflow.api("admin").runs("export_commitments")
    assert {"records": ["c4"], "projects": ["501"], "companies": ["1"]} in [run["conf"] for run in runs]


def test_nobody_collects_what_may_be_in_spectrum_without_having_looked(visit: Any, page: PageAirflow) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute(
            "insert into export.ledger (object_name, company_code, project_id, record_id, title, decision, answers,"
            " answered_by, answered_by_name, answered_at, fingerprint, content, state, reason, dag_id, run_id, task_id,"
            " map_index, finished_at) values ('commitments', '1', '501', 'c3', 'PO-0007', 'accept', '{}', 'accounting',"
            " 'Accounting', now(), 'f', '{}', 'failed', 'the answer was lost', 'd', 'r', 't', 0, now())"
        )
        connection.execute(
            "insert into export.calls (attempt_id, call_number, service, key, fields, adds, state, answer, note)"
            " select attempt_id, 1, 'UpdateSubcontract', '{\"Vendor_Code\": \"ACME\"}', '{}', true, 'unknown',"
            " 'no answer', 'no answer'"
            " from export.ledger where record_id = 'c3'"
        )
    tab = visit("admin", "export/failed")
    tab.get_by_role("row", name="PO-0007").click()
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Collect again")).to_be_disabled()
    picture(tab, "collect-lost")
    dialog.get_by_label("I have looked it up in Spectrum: it is not there.").check()
    expect(dialog.get_by_role("button", name="Collect again")).to_be_enabled()


def test_what_was_written_is_told_and_how_it_is_undone(visit: Any, page: PageAirflow) -> None:
    ledger = (
        "insert into export.ledger (object_name, company_code, project_id, record_id, title, decision, answers,"
        " answered_by, answered_by_name, answered_at, fingerprint, content, spectrum_key, payload, payload_hash, state,"
        " reason, dag_id, run_id, task_id, map_index, finished_at) values ('budgets', '1', '501', '501', 'Budget',"
        " 'accept', '{}', 'accounting', 'Accounting', now(), 'f', '{}', '24-0001', '{}', 'h', %s, %s, 'd', 'r', 't', 0,"
        " now()) returning attempt_id"
    )
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute(ledger.encode(), ["not_ready", "nothing was sent: Budget of Cedar Ridge: it is not locked"])
        found = connection.execute(ledger.encode(), ["linked", None]).fetchone()
        assert found is not None
        for number in range(1, 31):
            key = {"Company_Code": "1", "Job_Number": "24-0001", "Phase_Code": f"{number:02}000", "Cost_Type": "L"}
            fields = {"Description": f"Phase {number}", "Original_Est_Cost": f"{number * 1000}.50", "Status_Code": "A"}
            connection.execute(
                "insert into export.calls (attempt_id, call_number, service, key, fields, adds, state, answer)"
                " values (%s, %s, 'AddPhase', %s, %s, false, 'sent', 'executed')",
                [found[0], number, json.dumps(key), json.dumps(fields)],
            )
        connection.execute(
            "insert into export.queue (object_name, company_code, project_id, record_id, title, state, fingerprint,"
            " run_id, attempt_id) values ('budgets', '1', '501', '501', 'Budget of Cedar Ridge', 'linked', 'f',"
            " 'seed', %s)",
            [found[0]],
        )
    try:
        tab = visit("accounting", "export/synced", size=SMALL)
        tab.get_by_role("row", name="Budget of Cedar Ridge").click()
        dialog = tab.get_by_role("dialog")
        expect(dialog).to_contain_text("Accepted and written by Accounting, ")
        expect(dialog.get_by_role("row", name="Total of 30 lines")).to_contain_text("465,015.00")
        expect(dialog.get_by_text("Not sent", exact=True)).to_be_visible()
        expect(dialog).to_contain_text("Nothing was sent: it is not locked.")
        expect(dialog.get_by_role("link", name="start the DAG that unlinks")).to_have_attribute(
            "href", "../dags/unlink_export"
        )
        expect(dialog).not_to_contain_text("AddPhase")
        picture(tab, "synced-record")
        dialog.get_by_role("link", name="start the DAG that unlinks").scroll_into_view_if_needed()
        picture(tab, "synced-record-end")
    finally:
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute("delete from export.queue where object_name = 'budgets'")


def test_what_stands_in_the_way_is_told_without_codes(visit: Any) -> None:
    tab = visit("vera", "export/failed", size=SMALL)
    tab.get_by_role("row", name="SC-0002").click()
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("The contract company is not linked to a synced vendor.")
    expect(dialog).not_to_contain_text("G1")
    picture(tab, "not-ready")


def test_what_is_behind_a_number(visit: Any) -> None:
    tab = visit("vera", "job-cost")
    tab.get_by_role("searchbox").fill("24-0003")
    tab.get_by_role("row", name="24-0003").click()
    expect(tab.locator(".chart canvas")).to_have_count(2)
    line = tab.get_by_role("row", name=re.compile("05120"))
    line.locator("button").nth(2).click()
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("Approved change requests")
    expect(dialog.get_by_role("row", name=re.compile("INV10")).first).to_be_visible()
    picture(tab, "behind-budget")
    tab.keyboard.press("Escape")
    line.locator("button").nth(3).click()
    expect(dialog.get_by_role("row", name=re.compile("PCO-002"))).to_contain_text("pending: not committed")
    picture(tab, "behind-committed")
    tab.keyboard.press("Escape")
    line.locator("button").nth(5).click()
    expect(dialog).to_contain_text("no projection is entered in Spectrum")
    tab.keyboard.press("Escape")
    tab.locator(".u-over").last.click(position={"x": 300, "y": 60})
    expect(dialog.get_by_role("row", name=re.compile("INV10")).first).to_be_visible()
    picture(tab, "behind-month")
