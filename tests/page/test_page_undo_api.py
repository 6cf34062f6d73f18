"""The page's API: runs that have written into Procore, their undo, and what was undone (N10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from spectrum_etl.imports.objects.vendors import OBJECT
from spectrum_etl.imports.steps.undo import plan_undo
from stack.postgres import EmbeddedPostgres
from tests.imports.vendors.imports_world import World
from tests.page.page_airflow import PageAirflow
from tests.page.page_plans import planned


@pytest.fixture(scope="module")
def plan(page: PageAirflow, postgres: EmbeddedPostgres) -> Iterator[World]:
    """An open plan, and a run before it that has created two companies."""
    with planned(page, postgres) as world:
        yield world


def runs(page: PageAirflow, user: str = "ops") -> dict[str, Any]:
    """What a user is shown of runs."""
    found: dict[str, Any] = page.get(user, "api/into-procore/runs").json()
    return found


def rows(page: PageAirflow, group: str, **query: Any) -> dict[str, dict[str, Any]]:
    """The rows of a tab by vendor code."""
    found = page.get("vera", "api/into-procore/rows", group=group, **query).json()
    return {row["spectrum_key"]: row for row in found["rows"]}


def test_n10_a_run_is_listed_with_what_it_did_and_what_can_be_undone(page: PageAirflow, plan: World) -> None:
    found = runs(page)
    [run] = found["rows"]
    assert (run["run_id"], run["dag_id"], run["done"]) == ("run 1", "import_vendors", {"create": 2})
    assert (run["undoable"], run["undone"], run["undo_rows"], run["refused"], run["differing"]) == (2, 0, 0, 0, 0)
    assert run["decided_by_names"] == "Boss"
    assert (found["may_undo"], found["paused"], found["next"]) == (True, True, None)
    assert runs(page, "vera")["may_undo"] is False
    assert set(rows(page, "results", run="run 1")) == {"RIDGE", "MESA"}
    assert rows(page, "results", run="run 0") == {}


def test_n10_who_may_trigger_the_undo_starts_it_for_this_run(page: PageAirflow, plan: World) -> None:
    asked = {"object": "vendors", "company": "1", "run": "run 1"}
    assert page.post("vera", "api/into-procore/undo", asked).status_code == 403
    paused = page.post("ops", "api/into-procore/undo", asked)
    assert (paused.status_code, paused.json()["detail"]["paused"]) == (409, True)
    unknown = page.post("ops", "api/into-procore/undo", {**asked, "run": "run 0", "resume": True})
    assert unknown.status_code == 409
    assert unknown.json()["detail"].startswith("Nothing of the run run 0 can be undone")
    assert page.post("ops", "api/into-procore/undo", {**asked, "run": ""}).status_code == 422
    assert page.post("ops", "api/into-procore/undo", {**asked, "object": "bids"}).status_code == 404
    api = page.airflow.api("admin")
    started = page.post("ops", "api/into-procore/undo", {**asked, "resume": True})
    assert started.status_code == 200, started.text
    run_id = started.json()["run_id"]
    try:
        conf = api.run("undo_import", run_id)["conf"]
        assert conf == {"object": "vendors", "companies": ["1"], "run_id": "run 1"}
    finally:
        api.call("DELETE", f"dags/undo_import/dagRuns/{run_id}")
        api.call("PATCH", "dags/undo_import", {"is_paused": True}, update_mask="is_paused")


def test_n10_an_undo_is_decided_like_any_plan_and_what_was_undone_can_be_included_again(
    page: PageAirflow, plan: World
) -> None:
    plan.runs += 1
    plan_undo(plan.systems(), OBJECT, "run 1")
    assert runs(page)["rows"][0]["undo_rows"] == 1, "what was edited in Procore since stays"
    assert page.get("vera", "api/into-procore/counts").json()["groups"]["decide"]["does"]["undo"] == 1
    [ridge] = rows(page, "decide", does="undo").values()
    assert {change["field"] for change in ridge["changes"]} == {"is_active", "origin_id", "origin_code"}
    body = {"object": "vendors", "company": "1"}
    decision = {"row": ridge["row_id"], "hash": ridge["row_hash"], "verb": "accept"}
    assert page.post("accounting", "api/into-procore/decide", {**body, "rows": [decision]}).json()["decided"] == 1
    plan.apply()
    plan.compare()
    undone, before = runs(page)["rows"]
    assert (undone["done"], undone["undoable"]) == ({"undo": 1}, 0)
    assert (before["undoable"], before["undone"], before["undo_rows"]) == (1, 1, 0)
    # Left out from this moment on, whether or not a plan has looked since.
    left_out = rows(page, "left-out")
    assert {key: (row["does"], row["decided_by_name"]) for key, row in left_out.items()} == {
        "RIDGE": ("undo", "accounting"), "HARBOR": ("link" if left_out["HARBOR"]["record_id"] else "create", "Boss"),
    }  # fmt: skip
    assert rows(page, "results")["RIDGE"]["state"] == "applied"
    row = left_out["RIDGE"]
    decision = {"row": row["row_id"], "hash": row["row_hash"], "verb": "include"}
    answer = page.post("accounting", "api/into-procore/decide", {**body, "rows": [decision]}).json()
    assert answer == {"decided": 1, "refused": {}}
    assert set(rows(page, "left-out")) == {"HARBOR"}
    plan.plan()
    assert rows(page, "decide")["RIDGE"]["does"] == "link"
