"""Plans of what would be changed in Procore, in a headless Chromium: looked at, decided and filtered by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from stack.postgres import EmbeddedPostgres
from tests.imports.vendors.imports_world import World
from tests.page.page_airflow import PageAirflow
from tests.page.page_browser import SCALED, picture
from tests.page.page_plans import planned

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plan(page: PageAirflow, postgres: EmbeddedPostgres) -> Iterator[World]:
    """An open plan with a row of every kind."""
    with planned(page, postgres) as world:
        yield world


def test_an_approver_of_imports_decides_by_keyboard(visit: Any, plan: World) -> None:
    tab = visit("accounting", "into-procore/decide", "dark", size=SCALED)
    plan_line = tab.get_by_role("region", name="Plan of vendors, company 1")
    expect(plan_line).to_contain_text("7 rows left: 2 writing calls, about 1 s at the limit that Procore last reported")
    wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} pixels do not fit"
    # All of a page: without the match, and the change, that take a look of their own.
    everything = tab.get_by_role("checkbox", name="All of this page that need no look of their own")
    everything.focus()
    tab.keyboard.press("Space")
    expect(everything).to_be_focused()
    expect(tab.get_by_role("checkbox", name="Front Range Drywall LLC FRONT")).not_to_be_checked()
    expect(tab.get_by_role("button", name="Accept 5")).to_be_enabled()
    tab.get_by_role("button", name="Untick all").press("Enter")
    tab.get_by_role("checkbox", name="Apex Roofing APEX").press("Space")
    expect(tab.get_by_role("checkbox", name="Apex Roofing APEX")).to_be_focused()
    tab.get_by_role("button", name="Accept 1").press("Enter")
    expect(tab.locator("tr.opens", has_text="APEX")).to_have_count(0)
    expect(tab.get_by_text("1 row was accepted.")).to_be_visible()
    expect(tab.get_by_role("button", name="Accept", exact=True)).to_be_focused()
    # A row that is opened: from → to, both systems, all matches, and another one by search.
    tab.get_by_role("row", name="Front Range Drywall LLC FRONT").press("Enter")
    expect(tab.get_by_role("region", name="What both systems hold")).to_contain_text("Akron")
    picture(tab, "into-procore-match")
    search = tab.get_by_role("searchbox", name="Search in Procore")
    search.press_sequentially("blue spruce")
    tab.get_by_role("button", name="Link with Blue Spruce Electric").press("Enter")
    expect(tab.locator("tr.opens", has_text="FRONT")).to_have_count(0)
    expect(tab.get_by_text("1 row was accepted.")).to_be_focused()
    tab.get_by_role("link", name="Accepted").press("Enter")
    expect(tab.locator("tr.opens", has_text="FRONT")).to_contain_text("Blue Spruce Electric")
    expect(tab.locator("tr.opens", has_text="FRONT")).not_to_contain_text("Same name")
    expect(plan_line.get_by_text("Waits for the next run")).to_be_visible()
    picture(tab, "into-procore-accepted")


def test_who_only_looks_is_offered_no_decision(visit: Any, plan: World) -> None:
    tab = visit("vera", "into-procore/decide")
    tab.get_by_role("button", name="Changed on both sides").press("Enter")
    expect(tab.get_by_role("row", name="Mesa Fencing")).to_contain_text("2165550000 → 3305550177")
    expect(tab.locator("tbody tr")).to_have_count(1)
    assert not tab.locator("tbody .second").first.inner_text().strip().endswith(","), "what follows is not shown"
    expect(tab.get_by_role("checkbox")).to_have_count(0)
    tab.get_by_role("button", name="Changed on both sides").press("Enter")
    tab.get_by_role("searchbox", name="Search names and numbers").fill("ridge")
    expect(tab.locator("tbody tr")).to_have_count(1)
    expect(tab.get_by_role("status").first).to_have_text("1 row matches")
    tab.get_by_role("link", name="Cannot go on").press("Enter")
    tab.get_by_role("searchbox", name="Search names and numbers").fill("")
    expect(tab.get_by_role("row", name="NONAME")).to_contain_text("Name the vendor in Spectrum.")
