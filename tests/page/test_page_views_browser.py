"""Overview, import and job cost in a real headless Chromium: on small screens, by keyboard, with what is not known."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.page.page_airflow import PageAirflow
from tests.page.page_browser import LAPTOP, SCALED, SMALL, picture

pytestmark = pytest.mark.slow

#: Amounts of a job of tens of millions.
_SCALE = """
update marts.job_cost_summary
set original_estimate = original_estimate * %(by)s, approved_changes = approved_changes * %(by)s,
    current_estimate = current_estimate * %(by)s, committed_cost = committed_cost * %(by)s,
    actual_cost = actual_cost * %(by)s, projected_cost = projected_cost * %(by)s,
    cost_at_completion = cost_at_completion * %(by)s, variance = variance * %(by)s
where job_number = %(job)s
"""
SCREENS = {"1366": LAPTOP, "1280": SMALL, "1093": SCALED}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("inside", [False, True], ids=["own", "airflow"])
def test_the_overview_fits_small_laptops(visit: Any, screen: str, inside: bool, theme: str) -> None:
    tab = visit("accounting", theme=theme, inside=inside, size=SCREENS[screen])
    shown = _frame(tab) if inside else tab
    button = shown.get_by_role("button", name="Refresh Job costs")
    expect(button).to_be_visible(timeout=30_000)
    hidden = shown.locator(".objects .scroll").evaluate("box => box.scrollWidth - box.clientWidth")
    picture(tab, f"overview-{'airflow' if inside else 'own'}-{screen}-{theme}")
    assert hidden <= 0, f"{hidden} pixels of the table do not fit"


def test_why_a_sync_failed_stands_below_its_row(visit: Any) -> None:
    tab = visit("vera", size=LAPTOP)
    row = tab.get_by_role("row", name=re.compile("^Budgets"))
    reason = tab.locator("tr.below").filter(has_text="would be deleted")
    expect(reason).to_be_visible()
    gap = reason.bounding_box()["y"] - (row.bounding_box()["y"] + row.bounding_box()["height"])
    assert abs(gap) < 2
    row.click()
    expect(reason.get_by_role("region", name="Tables of Budgets")).to_be_visible()
    picture(tab, "failed-sync")


def test_nothing_is_stated_while_the_warehouse_is_down(visit: Any, page: PageAirflow) -> None:
    try:
        page.use_warehouse(psycopg.conninfo.make_conninfo(page.warehouse_url, port=9))
        tab = visit("vera")
        expect(tab.get_by_text("Not known while the warehouse is down.")).to_have_count(4)
        expect(tab.get_by_text("Never synced")).to_have_count(0)
        jobs = tab.get_by_role("row", name=re.compile("^Jobs"))
        expect(jobs).to_contain_text("Not known")
        expect(jobs.get_by_role("cell", name="0", exact=True)).to_have_count(0)
        picture(tab, "warehouse-down")
    finally:
        page.use_warehouse(page.warehouse_url)


def test_a_mistyped_schedule_is_a_banner_over_everything_else(visit: Any, page: PageAirflow) -> None:
    api = page.airflow.api("admin")
    try:
        api.put("variables", [{"key": "spectrum_schedules", "value": '{"jobs": "weekly"}'}])
        tab = visit("vera")
        expect(tab.get_by_role("alert")).to_contain_text("weekly")
        assert tab.get_by_role("alert").inner_text().count("What to do") == 1
        expect(tab.get_by_role("row", name=re.compile("^Jobs"))).to_contain_text("24")
        expect(tab.locator(".card")).to_have_count(4)
        picture(tab, "mistyped-schedule")
    finally:
        api.put("variables", [{"key": "spectrum_schedules", "value": "{}"}])


def test_the_focus_stays_on_what_was_pressed(visit: Any, page: PageAirflow) -> None:
    tab = visit("ops")
    button = tab.get_by_role("button", name="Refresh Vendors")
    button.press("Enter")
    dialog = tab.get_by_role("dialog")
    if dialog.count():
        dialog.get_by_role("button", name="Cancel").press("Enter")
        expect(button).to_be_focused()
        button.press("Enter")
        dialog.get_by_role("button", name="Resume and start").press("Enter")
    expect(tab.get_by_role("row", name=re.compile("^Vendors"))).to_contain_text("Queued")
    expect(tab.locator("tr").filter(has_text="Vendors").get_by_role("button").first).to_be_focused()


def test_check_now_asks_before_it_resumes_a_paused_check(visit: Any, page: PageAirflow) -> None:
    tab = visit("ops")
    tab.get_by_role("button", name="Check now").click()
    expect(tab.get_by_role("dialog")).to_contain_text("paused in Airflow")
    tab.keyboard.press("Escape")
    assert page.airflow.api("admin").dags()["check_connections"]["is_paused"] is True


def test_a_chip_shows_the_rows_of_its_column_alone(visit: Any) -> None:
    tab = visit("vera", "import/rejected")
    chip = tab.get_by_role("button", name=re.compile("tran_amount"))
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(tab.get_by_role("cell", name="tran_date", exact=True)).to_have_count(0)
    expect(tab.get_by_role("row", name=re.compile(r"05120 \/ S.*Delivery")).first).to_be_visible()
    assert "column=tran_amount" in str(tab.get_by_role("link", name="Download CSV").get_attribute("href"))
    picture(tab, "rejected-of-a-column")
    chip.click()
    expect(tab.get_by_role("cell", name="tran_date", exact=True).first).to_be_visible()


def test_a_reload_inside_airflow_comes_back_to_the_view(visit: Any) -> None:
    tab = visit("vera", inside=True)
    _frame(tab).get_by_role("link", name="Export").click(timeout=30_000)
    _frame(tab).get_by_role("link", name="Failed to Export").click()
    expect(tab).to_have_url(re.compile(r"/plugin/erp-integrations/erp-integrations/#/export/failed"))
    tab.reload()
    expect(_frame(tab).get_by_text("The lines have two cost types").first).to_be_visible(timeout=30_000)
    _frame(tab).get_by_role("link", name="Job cost").click()
    expect(_frame(tab).get_by_text("24-0001")).to_be_visible()
    tab.go_back()
    expect(_frame(tab).get_by_text("The lines have two cost types").first).to_be_visible()
    expect(tab).to_have_url(re.compile("#/export/failed"))


def test_who_has_no_session_signs_in_and_comes_back(visit: Any, page: PageAirflow) -> None:
    tab = visit("vera", "job-cost")
    expect(tab.get_by_text("24-0001")).to_be_visible()
    tab.context.clear_cookies()
    tab.get_by_role("link", name="From Spectrum").click()
    tab.get_by_role("link", name="Sign in to Airflow again").first.click()
    tab.get_by_label("Username").fill("vera")
    tab.get_by_label("Password").fill(page.airflow.secrets.users["vera"])
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("heading", name="ERP Integrations")).to_be_visible(timeout=30_000)
    expect(tab).to_have_url(re.compile("/erp-integrations/#/import/rejected"))


def test_the_search_for_a_job_is_there_on_the_way_back(visit: Any) -> None:
    tab = visit("vera", "job-cost")
    tab.get_by_role("searchbox").fill("24-0003")
    tab.get_by_role("row", name="24-0003").click()
    tab.get_by_role("link", name="All jobs").click()
    expect(tab.get_by_role("searchbox")).to_have_value("24-0003")
    tab.get_by_role("row", name="24-0003").click()
    expect(tab.get_by_role("heading", name=re.compile("24-0003"))).to_be_visible()
    tab.go_back()
    expect(tab.get_by_role("searchbox")).to_have_value("24-0003")
    expect(tab.get_by_text("24-0001")).to_have_count(0)


def test_a_name_that_reorders_its_letters_is_shown_as_it_is(visit: Any, page: PageAirflow) -> None:
    """`gpj.exe` behind U+202E reads as `exe.jpg`; what is searched for stays what was typed."""
    rename = "update spectrum.jobs set job_description = %s where job_number = '24-0003' returning 1"
    with psycopg.connect(page.warehouse_url, autocommit=True) as connection:
        query = "select job_description from spectrum.jobs where job_number = '24-0003'"
        [(before,)] = connection.execute(query).fetchall()
        connection.execute(rename, ["Office \u202erewoT"])
        try:
            tab = visit("vera", "job-cost")
            tab.get_by_role("searchbox").fill("24-0003")
            expect(tab.get_by_role("row", name="24-0003")).to_contain_text("Office [U+202E]rewoT")
            tab.get_by_role("searchbox").fill("\u202ere")
            expect(tab.get_by_role("searchbox")).to_have_value("\u202ere")
            expect(tab.get_by_role("row", name="24-0003")).to_be_visible()
            assert "\u202e" not in str(tab.locator("body").inner_text())
        finally:
            connection.execute(rename, [before])


def test_a_job_by_keyboard(visit: Any) -> None:
    tab = visit("vera", "job-cost/1/24-0003")
    expect(tab.locator(".chart canvas")).to_have_count(2)
    table = tab.get_by_role("region", name=re.compile("^Budget and cost by phase"))
    assert table.locator("button:not([tabindex='-1'])").count() == 1, "one tab stop, whatever the number of lines"
    table.locator("button").first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        tab.keyboard.press(key)
    focused = tab.locator("button:focus")
    expect(focused.locator("xpath=ancestor::tr")).to_contain_text("01000")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("dialog")).to_contain_text("Approved change requests")
    tab.keyboard.press("Escape")
    expect(focused).to_have_count(1)
    tab.get_by_role("slider").focus()
    tab.keyboard.press("Home")
    expect(tab.locator(".readout")).to_contain_text("Feb 2025")
    tab.keyboard.press("ArrowRight")
    expect(tab.locator(".readout")).to_contain_text("Mar 2025")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("dialog")).to_contain_text("Mar 2025")


def test_a_numbers_postings_add_up_to_it_and_download(visit: Any) -> None:
    tab = visit("vera", "job-cost/1/24-0003")
    line = tab.get_by_role("row", name=re.compile("05120"))
    number = line.locator("button").nth(4)
    amount = number.inner_text()
    number.click()
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text([re.compile("Job 24-0003 .*05120"), "Postings"])
    expect(dialog.locator(".total")).to_contain_text(amount)
    expect(dialog.locator(".total")).to_contain_text("Total of 30 postings")
    expect(dialog.get_by_text("Accounts payable (AP)").first).to_be_visible()
    with tab.expect_download() as download:
        dialog.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename == "postings_24-0003_05120_S.csv"
    picture(tab, "behind-actual")


def test_a_job_has_sums_of_phases_a_head_that_stays_and_marks_of_overruns(visit: Any, page: PageAirflow) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        (over,) = connection.execute(
            "select min(phase_code) from marts.job_cost_summary where job_number = '24-0003' and cost_type = 'S'"
            " and actual_cost > current_estimate"
        ).fetchone()
    tab = visit("vera", "job-cost/1/24-0003", size=SMALL)
    table = tab.get_by_role("region", name=re.compile("^Budget and cost by phase"))
    expect(table.locator("tr.subtotal")).to_have_count(3)
    expect(table.get_by_role("row", name=re.compile(over))).to_contain_text("Cost is above the current budget")
    expect(tab.get_by_text("cost more than the current budget")).to_be_visible()
    table.scroll_into_view_if_needed()
    table.evaluate("box => { box.scrollTop = box.scrollHeight; }")
    head, box = table.locator("th").first.bounding_box(), table.bounding_box()
    assert abs(head["y"] - box["y"]) < 3
    picture(tab, "job-table")


def test_cost_at_completion_says_where_it_comes_from(visit: Any, page: PageAirflow) -> None:
    """M6: in the head; marked in the table where Spectrum's projection is below cost; in words behind the number."""
    found = page.get("vera", "api/job", company="1", job="24-0003").json()
    tab = visit("vera", "job-cost/1/24-0003")
    figures = tab.locator(".figures")
    expect(figures).to_contain_text("Cost at completion")
    expect(figures).to_contain_text(f"{Decimal(found['job']['percent_complete']):.1f} %")
    table = tab.get_by_role("region", name=re.compile("^Budget and cost by phase"))
    below = table.get_by_role("row", name=re.compile("15400"))
    expect(below).to_contain_text("is below cost to date, which stands in its place")
    expect(table.locator("td .outdated")).to_have_count(1)
    expect(tab.get_by_text("Of 1 line Spectrum's projection is below cost to date")).to_be_visible()
    table.scroll_into_view_if_needed()
    picture(tab, "job-at-completion")
    dialog = tab.get_by_role("dialog")
    for phase, words in (
        ("15400", "cost to date: Spectrum's projection is below it"),
        ("15700", "Spectrum's projection"),
        ("16100", "none is entered"),
    ):
        table.get_by_role("row", name=re.compile(phase)).locator("button").nth(5).click()
        expect(dialog).to_contain_text("Cost at completion")
        expect(dialog.locator(".facts").first).to_contain_text(words)
        picture(tab, f"behind-at-completion-{phase}")
        tab.keyboard.press("Escape")
    tab.goto(f"{page.url}/#/job-cost/1/24-0007")
    expect(tab.get_by_role("heading", name=re.compile("24-0007"))).to_be_visible()
    table.get_by_role("row", name=re.compile("15700")).locator("button").nth(5).click()
    expect(dialog).to_contain_text("cost to date: the job is complete")
    expect(figures).to_contain_text("100.0 %")
    tab.keyboard.press("Escape")
    tab.goto(f"{page.url}/#/job-cost")
    expect(tab.get_by_role("columnheader", name="At completion")).to_be_visible()
    picture(tab, "jobs-at-completion")


@pytest.mark.parametrize(("inside", "size"), [(True, SMALL), (False, SCALED)], ids=["airflow-1280", "own-1093"])
def test_the_table_of_a_job_fits_small_laptops(visit: Any, page: PageAirflow, inside: bool, size: Any) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute(_SCALE, {"by": Decimal(10), "job": "24-0004"})
    try:
        tab = visit("vera", "job-cost/1/24-0004", size=size)
        if inside:
            tab.goto(f"{page.airflow.url}/plugin/erp-integrations/erp-integrations/#/job-cost/1/24-0004")
        table = (_frame(tab) if inside else tab).get_by_role("region", name=re.compile("^Budget and cost by phase"))
        expect(table).to_be_visible(timeout=30_000)
        table.scroll_into_view_if_needed()
        picture(tab, f"job-table-{'airflow' if inside else 'own'}-{size[0]}")
        hidden = table.evaluate("box => box.scrollWidth - box.clientWidth")
        assert hidden <= 0, f"{hidden} pixels do not fit"
    finally:
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute(_SCALE, {"by": Decimal("0.1"), "job": "24-0004"})


def test_job_cost_that_was_never_computed_offers_to_compute_it(visit: Any, page: PageAirflow) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute("create table if not exists sync.kept as select * from sync.marts")
        connection.execute("delete from sync.marts")
    try:
        tab = visit("ops", "job-cost/1/24-0003")
        expect(tab.get_by_text("Job cost has not been computed yet")).to_be_visible()
        expect(tab.get_by_text("No costs posted yet")).to_have_count(0)
        picture(tab, "not-computed")
        tab.get_by_role("button", name="Compute now").click()
        expect(tab.get_by_role("dialog")).to_contain_text("paused in Airflow")
    finally:
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute("insert into sync.marts select * from sync.kept")
            connection.execute("drop table sync.kept")


def _frame(tab: Page) -> FrameLocator:
    return tab.frame_locator("iframe")
