"""The undo of a run, in a headless Chromium and by keyboard: asked for, decided, and included again (N10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from spectrum_etl.imports.objects.vendors import OBJECT
from spectrum_etl.imports.steps.undo import plan_undo
from stack.postgres import EmbeddedPostgres
from tests.imports.vendors.imports_world import World
from tests.page.page_airflow import PageAirflow
from tests.page.page_browser import SCALED, picture
from tests.page.page_plans import planned

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plan(page: PageAirflow, postgres: EmbeddedPostgres) -> Iterator[World]:
    """An open plan, and a run before it that has created two companies."""
    with planned(page, postgres) as world:
        yield world


def test_n10_a_run_is_undone_by_keyboard(visit: Any, plan: World, page: PageAirflow) -> None:
    tab = visit("ops", "into-procore/runs", "dark", size=SCALED)
    button = tab.get_by_role("button", name="Undo the run run 1")
    button.press("Enter")
    dialog = tab.get_by_role("dialog", name="Undo this run?")
    expect(dialog).to_contain_text("2 created")
    picture(tab, "into-procore-undo")
    tab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
    wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} pixels do not fit"
    button.press("Enter")
    dialog.get_by_role("button", name="Plan the undo of 2 records").press("Enter")
    tab.get_by_role("dialog", name="Resume undo_import?").get_by_role("button", name="Resume and start").press("Enter")
    expect(tab.get_by_text("undo_import is started for run 1.")).to_be_visible(timeout=30_000)
    api = page.airflow.api("admin")
    for run in api.call("GET", "dags/undo_import/dagRuns")["dag_runs"]:
        api.call("DELETE", f"dags/undo_import/dagRuns/{run['dag_run_id']}")
    api.call("PATCH", "dags/undo_import", {"is_paused": True}, update_mask="is_paused")
    # What that run does, as the page's Airflow runs nothing.
    plan.runs += 1
    plan_undo(plan.systems(), OBJECT, "run 1")
    approver = visit("accounting", "into-procore/decide", size=SCALED)
    approver.get_by_role("checkbox", name="Ridge Concrete RIDGE").press("Space")
    approver.get_by_role("button", name="Accept 1").press("Enter")
    expect(approver.get_by_text("1 row was accepted.")).to_be_visible()
    plan.apply()
    plan.compare()
    approver.get_by_role("link", name="Left out").press("Enter")
    expect(approver.get_by_role("row", name="Ridge Concrete RIDGE")).to_contain_text("Undone")
    picture(approver, "into-procore-left-out")
    approver.get_by_role("checkbox", name="Ridge Concrete RIDGE").press("Space")
    approver.get_by_role("button", name="Include again 1").press("Enter")
    expect(approver.locator("tr.opens", has_text="RIDGE")).to_have_count(0)
    approver.get_by_role("link", name="Runs").press("Enter")
    expect(approver.get_by_role("row", name="run 1")).to_contain_text("1 of 2")
    picture(approver, "into-procore-runs")
