"""A job's contracts, billings, subcontracts and purchase orders in a real headless Chromium: by mouse, by keyboard."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.page.page_airflow import PageAirflow
from tests.page.page_browser import SCALED, picture

pytestmark = pytest.mark.slow


def _table(tab: Page, name: str) -> Locator:
    return tab.get_by_role("region", name=re.compile(f"^{name}; arrow keys"))


@pytest.mark.parametrize(("theme", "size"), [("light", SCALED), ("dark", (1366, 768))])
def test_a_job_shows_what_is_agreed_billed_and_promised(visit: Any, theme: str, size: tuple[int, int]) -> None:
    tab = visit("vera", "job-cost/1/24-0003", theme=theme, size=size)
    tab.get_by_role("navigation", name="Further down").get_by_role("button", name="Subcontracts").click()
    subcontracts = _table(tab, "Subcontracts")
    expect(subcontracts).to_be_in_viewport()
    expect(tab.get_by_text("1 subcontract is invoiced beyond what was agreed")).to_be_visible()
    picture(tab, f"job-agreements-{theme}")
    for name in ("Contract", "Billings", "Subcontracts", "Purchase orders"):
        hidden = _table(tab, name).evaluate("box => box.scrollWidth - box.clientWidth")
        assert hidden <= 0, f"{hidden} pixels of {name} do not fit"
    dialog = tab.get_by_role("dialog")
    # Each figure opens what is behind it, with the same total; by keyboard the numbers of a table are one tab stop.
    changes = _table(tab, "Contract").get_by_role("row", name=re.compile("General contract")).locator("button").nth(1)
    expect(changes).to_have_text("20,500.25")
    changes.click()
    expect(dialog.locator(".total").first).to_contain_text("20,500.25")
    expect(dialog.get_by_role("row", name=re.compile("903"))).to_contain_text("Priced: does not count")
    expect(dialog.get_by_text("Spectrum's own revised contract differs")).to_have_count(0)
    picture(tab, f"behind-contract-{theme}")
    tab.keyboard.press("Escape")
    expect(changes).to_be_focused()
    assert subcontracts.locator("button:not([tabindex='-1'])").count() == 1
    over = subcontracts.get_by_role("row", name=re.compile("S09250")).locator("button").last
    expect(over).to_have_text(re.compile(r"\(51,078\.40\)"))
    subcontracts.locator("button").first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        tab.keyboard.press(key)
    tab.keyboard.press("Enter")
    expect(dialog.get_by_role("heading").first).to_have_text(re.compile("subcontract S05120"))
    expect(dialog.get_by_text("Change PCO-002, pending: not in the revised amount")).to_be_visible()
    expect(dialog.get_by_role("region", name="Vendor's invoices")).to_contain_text("V24-0003")
    assert str(tab.evaluate("location.hash")) == "#/job-cost/1/24-0003/subcontract/ACME/S05120"
    picture(tab, f"behind-subcontract-{theme}")
    tab.go_back()
    expect(dialog).to_have_count(0)
    _table(tab, "Billings").get_by_role("button").first.click()
    expect(dialog.get_by_role("row", name=re.compile("0003-3"))).to_contain_text("Reversed: bills nothing")
    picture(tab, f"behind-billing-{theme}")
    tab.keyboard.press("Escape")
    _table(tab, "Purchase orders").get_by_role("row", name=re.compile("PO00032")).locator("button").last.click()
    expect(dialog.get_by_role("row", name=re.compile("Hollow metal doors"))).to_contain_text("12,500.00")


def test_what_is_not_known_of_a_job_is_said_in_words(visit: Any, page: PageAirflow) -> None:
    hide = "update sync.runs set company_code = %s where company_code = %s and table_name = any(%s)"
    tables = ["purchase_orders", "purchase_order_lines", "open_receivables"]
    with psycopg.connect(page.warehouse_url, autocommit=True) as connection:
        connection.execute(hide, ["hidden", "1", tables])
        try:
            tab = visit("vera", "job-cost/1/24-0005")
            section = tab.get_by_role("region", name="Purchase orders", exact=True)
            expect(section).to_contain_text("Not known: purchase order lines of company 1 are not staged")
            expect(section.get_by_role("table")).to_have_count(0)
            expect(tab.get_by_text("No contract is entered for this job.")).to_be_visible()
            expect(tab.get_by_text("Nothing is billed yet.")).to_be_visible()
            tab.goto(f"{page.url}/#/job-cost/1/24-0003")
            billings = tab.get_by_role("region", name="Billings", exact=True)
            expect(billings).to_contain_text("Not known: this site does not show open receivables")
            expect(_table(tab, "Billings").get_by_role("cell", name="not known")).to_have_count(1)
            picture(tab, "job-not-known")
        finally:
            connection.execute(hide, ["1", "hidden", tables])
