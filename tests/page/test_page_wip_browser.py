"""The WIP schedule in a real headless Chromium: month end, then and now, sorting, over and under, what is behind."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.page.page_airflow import PageAirflow
from tests.page.page_browser import LAPTOP, SCALED, picture

pytestmark = pytest.mark.slow


def _table(tab: Page) -> Locator:
    return tab.get_by_role("region", name=re.compile("^WIP schedule"))


def _jobs(tab: Page) -> list[str]:
    return _table(tab).locator("tbody td.job strong").all_inner_texts()


@pytest.mark.parametrize(("theme", "size"), [("light", LAPTOP), ("dark", SCALED)])
def test_the_schedule_of_a_month_end_as_known_then_and_now(
    visit: Any, page: PageAirflow, tmp_path: Path, theme: str, size: tuple[int, int]
) -> None:
    ends = page.get("vera", "api/wip/months").json()["rows"]
    closed = next(end["month_end"] for end in ends if end["closed_at"])
    old = next(end["month_end"] for end in ends if end["closed_at"] and not end["then_is_known"])
    tab = visit("vera", theme=theme, size=size)
    tab.get_by_role("navigation", name="Views").get_by_role("link", name="WIP").click()
    table = _table(tab)
    row = table.get_by_role("row", name=re.compile("24-0003"))
    # The newest month that is closed, as known now, with how the profit has faded since. The page itself does not
    # scroll sideways, and the job stays in sight while its figures do.
    expect(tab.get_by_label("Month end")).to_have_value(closed)
    expect(row).to_contain_text("(15,000)")
    picture(tab, f"wip-{theme}")
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    table.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
    assert abs(row.locator("td.job").bounding_box()["x"] - table.bounding_box()["x"]) < 3
    # Over and under by colour, by sign and by word; both in the totals.
    under, over = row.locator(".underbilled"), table.locator("tbody .overbilled").first
    expect(under).to_have_text(re.compile(r"^under \([\d,]+\)$"))
    expect(over).to_have_text(re.compile(r"^over [\d,]+$"))
    colors = [each.evaluate("e => getComputedStyle(e).color") for each in (under, over, row.locator("td.job"))]
    assert len(set(colors)) == 3
    expect(table.locator("tfoot .overbilled, tfoot .underbilled")).to_have_count(2)
    # Sorted by any column, either way, and the file is what is shown.
    sort = tab.get_by_role("button", name=re.compile("^Sort by over"))
    sort.click()
    expect(sort).to_have_attribute("aria-pressed", "true")
    expect(table.locator("tbody tr").first).to_contain_text("over")
    first = _jobs(tab)
    sort.click()
    expect(table.locator("tbody tr").first).to_contain_text("under")
    assert _jobs(tab) != first
    shown = _jobs(tab)
    apart = tab.get_by_role("region", name=re.compile("^Jobs without a contract"))
    expect(apart.locator("tbody tr")).to_have_count(3)
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download CSV").click()
    download.value.save_as(tmp_path / "wip.csv")
    with (tmp_path / "wip.csv").open(encoding="utf-8-sig", newline="") as file:
        held = [line["job_number"] for line in csv.DictReader(file)]
    assert held == shown + apart.locator("tbody td.job strong").all_inner_texts()
    # As known then: another profit, of which the address tells; what is behind a figure is as it was then.
    now = row.get_by_role("button").nth(2).inner_text()
    tab.get_by_text("As known then").click()
    expect(row.get_by_role("button").nth(2)).not_to_have_text(now)
    expect(row.get_by_role("button").nth(3)).to_have_text(now)
    assert "known=then" in str(tab.evaluate("location.hash"))
    dialog = tab.get_by_role("dialog")
    fade = row.get_by_role("button", name="(15,000)")
    fade.click()
    expect(dialog.get_by_role("row", name=re.compile("^Profit at completion"))).to_contain_text("(15,000.00)")
    picture(tab, f"wip-fade-{theme}")
    tab.keyboard.press("Escape")
    expect(fade).to_be_focused()
    # By keyboard the numbers are one tab stop; Enter shows what is behind one.
    assert table.locator("tbody button:not([tabindex='-1'])").count() == 1
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        tab.keyboard.press(key)
    expect(dialog.get_by_role("heading", name="Postings up to the month end")).to_be_visible()
    expect(dialog.get_by_text("As known when the month was closed")).to_be_visible()
    tab.go_back()
    expect(dialog).to_have_count(0)
    assert "sort=over_under_billed" in str(tab.evaluate("location.hash"))
    row.get_by_role("button", name=re.compile("^under")).click()
    for part in ("Billings up to the month end", "Changes", "Cost at completion by phase"):
        expect(dialog.get_by_role("heading", name=part, exact=True)).to_be_visible()
    expect(dialog.get_by_text("the table was computed earlier")).to_have_count(0)
    picture(tab, f"wip-behind-{theme}")
    tab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    # A month that was closed before the first sync: said in words, and no 0 in sight.
    tab.get_by_label("Month end").select_option(old)
    expect(tab.get_by_text(re.compile("is not known: it was closed .* before the first complete sync"))).to_be_visible()
    expect(tab.get_by_role("table")).to_have_count(0)
    expect(tab.get_by_role("link", name="Download CSV")).to_have_count(0)
    picture(tab, f"wip-not-known-{theme}")
    tab.get_by_text("As known now").click()
    expect(table).to_be_visible()
    expect(tab.get_by_text("How profits have faded since the month was closed is not known")).to_be_visible()


def test_a_figure_opens_by_its_address_over_the_schedule(visit: Any, page: PageAirflow) -> None:
    ends = page.get("vera", "api/wip/months").json()["rows"]
    second = [end["month_end"] for end in ends if end["closed_at"]][1]
    tab = visit("vera", f"wip/1/24-0003/contract?month_end={second}&known=then")
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_role("row", name=re.compile("903"))).to_contain_text("Priced: not approved")
    tab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(tab.get_by_label("Month end")).to_have_value(second)
    tab.get_by_role("searchbox").fill("24-0003")
    expect(_table(tab).locator("tbody tr")).to_have_count(1)
    tab.reload()
    expect(tab.get_by_role("searchbox")).to_have_value("24-0003")
    expect(_table(tab).locator("tbody tr")).to_have_count(1)


def test_what_is_not_known_of_a_job_says_why_and_no_total_counts_it(visit: Any, page: PageAirflow) -> None:
    price = "update marts.wip_by_month set price_method_code = %s where job_number = '24-0001'"
    with psycopg.connect(page.warehouse_url, autocommit=True) as connection:
        connection.execute(price, ["X"])
        try:
            tab = visit("vera", "wip")
            row = _table(tab).get_by_role("row", name=re.compile("24-0001"))
            expect(row).to_contain_text("Not all is known: the price method is not documented")
            expect(row.locator(".underbilled, .overbilled")).to_have_count(0)
            expect(row.get_by_text("not known", exact=True).first).to_be_visible()
            expect(_table(tab).locator("tfoot").get_by_text("without 1").first).to_be_visible()
            expect(tab.get_by_text("Of 1 job some figures are not known")).to_be_visible()
            earned = tab.locator(".figures > div").filter(has_text="Earned revenue")
            expect(earned).to_contain_text("without 1 job")
            picture(tab, "wip-price-not-known")
            tab.get_by_role("button", name=re.compile("^Sort by earned")).click()
            expect(_table(tab).locator("tbody tr").last).to_contain_text("24-0001")
            row.get_by_role("button").first.click()
            expect(tab.get_by_role("dialog")).to_contain_text("Not all is known: the price method is not documented.")
        finally:
            connection.execute(price, ["F"])
