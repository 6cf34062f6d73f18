"""Every record, rejected row, job, month and sync has an address: it opens from outside, and Back leads to the list.

What somebody typed is there again when they come back. By mouse and by keyboard, in the page alone and inside Airflow.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from spectrum_etl.model.places import page_address, record_place
from spectrum_etl.model.record import RecordId
from tests.page.page_airflow import PageAirflow
from tests.page.page_browser import picture
from tests.page.page_data import FORM, wait_for_approver

pytestmark = pytest.mark.slow


def _place(tab: Page) -> str:
    return str(tab.evaluate("location.hash"))


def test_a_record_opens_by_its_address_over_the_list_that_it_is_in(visit: Any) -> None:
    tab = visit("vera", "export/record/commitments/1/501/c3")
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("GL account 5010000 is closed")
    expect(dialog.get_by_role("heading", name=re.compile("Purchase order PO-0007"))).to_be_visible()
    expect(tab.get_by_role("region", name="Failed to Export")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert _place(tab) == "#/export/failed"


def test_back_closes_a_record_and_keeps_what_was_typed(visit: Any, page: PageAirflow) -> None:
    wait_for_approver(page.warehouse_url, "k1", "Kept Kitchens", "browser__keep", 60)
    page.waits("export_vendors", "browser__keep", 60, FORM)
    tab = visit("accounting", "export/waiting?object=vendors")
    row = tab.get_by_role("row", name="Kept Kitchens")
    row.focus()
    tab.keyboard.press("Enter")
    dialog = tab.get_by_role("dialog")
    dialog.get_by_label("Vendor code").fill("KEPT")
    dialog.get_by_role("button", name="Reject…").click()
    dialog.get_by_label("Reason for the rejection").fill("Ask Lee first")
    assert _place(tab).startswith("#/export/record/vendors/1/-/k1?")
    tab.go_back()
    expect(dialog).to_have_count(0)
    assert _place(tab).startswith("#/export/waiting?object=vendors")
    tab.go_forward()
    expect(dialog.get_by_label("Vendor code")).to_have_value("KEPT")
    expect(dialog.get_by_label("Reason for the rejection")).to_have_value("Ask Lee first")
    tab.reload()
    expect(dialog.get_by_label("Vendor code")).to_have_value("KEPT")
    picture(tab, "typed-and-kept")
    # Closed after a reload it is still one step back: no list is opened twice.
    tab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    tab.wait_for_function("location.hash.startsWith('#/export/waiting')")


def test_a_rejected_row_a_job_a_month_and_a_sync_open_by_their_addresses(visit: Any) -> None:
    tab = visit("vera", "import/rejected?object=vendors")
    tab.get_by_role("row", name=re.compile("vendor_name")).first.click()
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("The row as Spectrum holds it")
    number = _place(tab).split("?")[0]
    assert re.fullmatch(r"#/import/rejected/\d+", number)
    tab.go_back()
    expect(dialog).to_have_count(0)

    tab = visit("vera", number.removeprefix("#/"))
    expect(tab.get_by_role("dialog")).to_contain_text("The row as Spectrum holds it")

    tab = visit("vera", "job-cost/1/24-0003/committed/05120/S")
    expect(tab.get_by_role("dialog")).to_contain_text("Total of those that count")
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("dialog")).to_have_count(0)
    assert _place(tab) == "#/job-cost/1/24-0003"
    tab.get_by_text("The same as a table").click()
    tab.get_by_role("region", name="Cost by month").get_by_role("button").first.click()
    expect(tab.get_by_role("dialog")).to_contain_text("Postings")
    assert re.fullmatch(r"#/job-cost/1/24-0003/month/\d{4}-\d\d-01", _place(tab))
    tab.go_back()
    expect(tab.get_by_role("dialog")).to_have_count(0)

    tab = visit("vera", "overview/vendors")
    expect(tab.get_by_role("region", name="Tables of Vendors")).to_be_visible()
    run = tab.get_by_role("link", name="Log in Airflow").first
    expect(run).to_have_attribute("href", "../dags/stage_vendors/runs/scheduled__1")
    expect(tab.get_by_role("link", name="Connection warehouse in Airflow")).to_have_attribute(
        "href", "../connections?connection_id_pattern=warehouse"
    )


def test_an_address_from_a_message_opens_the_record_inside_airflow_and_back_closes_it(
    visit: Any, page: PageAirflow
) -> None:
    tab = visit("vera", inside=True)
    frame = tab.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="ERP Integrations")).to_be_visible(timeout=30_000)
    tab.goto("about:blank")
    tab.goto(page_address(page.airflow.url, record_place("commitments", RecordId("1", "501", "c2"))))
    dialog = frame.get_by_role("dialog")
    expect(dialog).to_contain_text("The lines have two cost types", timeout=30_000)
    picture(tab, "record-inside-airflow")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    expect(tab).to_have_url(re.compile(r"#/export/failed$"))
    frame.get_by_role("row", name="PO-0007").click()
    expect(dialog).to_contain_text("GL account 5010000 is closed")
    expect(tab).to_have_url(re.compile("export/record/commitments/1/501/c3"))
    tab.go_back()
    expect(dialog).to_have_count(0)


def test_a_record_links_to_procore_its_dag_and_its_log(visit: Any) -> None:
    tab = visit("vera", "export/record/commitments/1/501/c1")
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="Procore")).to_have_attribute(
        "href", "https://app.procore.com/501/project/home"
    )
    expect(dialog.get_by_role("link", name="DAG in Airflow")).to_have_attribute("href", "../dags/export_commitments")
    expect(dialog.get_by_role("link", name="Log in Airflow")).to_have_attribute(
        "href", "../dags/export_commitments/runs/manual__1/tasks/record.approve/mapped/5"
    )
