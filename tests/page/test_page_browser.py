"""The page in a real headless Chromium: by mouse and by keyboard, in light and dark, inside Airflow (M8).

Pictures are left in `.run/screenshots`. Needs a Chromium that no Python package brings: Debian's package `chromium`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.page.page_airflow import PageAirflow
from tests.page.page_browser import picture
from tests.page.page_data import FORM, wait_for_approver

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
    frame.get_by_role("link", name="Import").click()
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
    dialog.get_by_label("Vendor code").focus()
    tab.keyboard.press("Enter")
    expect(dialog.get_by_text("Vendor type is needed.")).to_be_visible()
    picture(tab, "approve-incomplete")
    dialog.get_by_label("Vendor type").select_option("SUB")
    dialog.get_by_label("Vendor code").fill("KEYSTONE")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("row", name="Keystone Paving").get_by_text("Answered")).to_be_visible()
    tab.get_by_role("row", name="Mesa Fencing").get_by_role("button", name="Review").press("Enter")
    dialog.get_by_role("button", name="Reject…").press("Enter")
    dialog.get_by_label("Reason for the rejection").fill("Not a vendor of ours")
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


def test_all_that_need_no_input_are_accepted_and_the_others_stay(visit: Any, page: PageAirflow) -> None:
    whole = {**FORM, "vendor_type": {**FORM["vendor_type"], "value": "MAT"}}
    for index, form in ((10, whole), (11, whole), (12, FORM)):
        wait_for_approver(page.warehouse_url, f"a{index}", f"Bulk {index}", "browser__2", index, complete=True)
        page.waits("export_vendors", "browser__2", index, form)
    tab = visit("accounting", "export/waiting?object=vendors")
    tab.get_by_role("button", name="Accept all that need no input").click()
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("Bulk 12")
    picture(tab, "accept-all")
    dialog.get_by_role("button", name="Accept 3").click()
    expect(dialog).to_contain_text("3 of 3 done")
    expect(dialog).to_contain_text("Bulk 12: Vendor type is needed.")
    picture(tab, "accepted-all")
    answered = page.metadata(
        "select count(*) from hitl_detail as h join task_instance as ti on ti.id = h.ti_id"
        " where ti.run_id = 'browser__2' and h.responded_at is not null"
    )
    assert answered == [(2,)]


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
