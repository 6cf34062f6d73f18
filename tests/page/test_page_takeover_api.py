"""The page's API: what is taken over from another integration (N12)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stack.postgres import EmbeddedPostgres
from tests.imports.vendors.imports_world import World
from tests.page.page_airflow import PageAirflow
from tests.page.page_plans import planned


@pytest.fixture(scope="module")
def plan(page: PageAirflow, postgres: EmbeddedPostgres) -> Iterator[World]:
    """A plan in which another integration has marked two companies."""
    with planned(page, postgres) as world:
        world.vendor("OLD", "Old Connector Glass")
        world.vendor("OLDER", "Older Paint")
        world.marked(world.company("Old Connector Glass (renamed)"), "0a1b-77", "OLD")
        world.marked(world.company("Older Paint"), "0a1b-78", "GONE")
        yield world
        world.query("delete from procore.foreign_ids")
        world.query("delete from procore.takeovers")


def test_n12_rows_show_the_foreign_id_and_ours_and_what_is_waited_for(page: PageAirflow, plan: World) -> None:
    plan.plan(switched_off_by="ann")
    found = page.get("vera", "api/into-procore/counts").json()
    [waits] = found["takeovers"]
    assert (waits["object_name"], waits["confirmed_by"], waits["second_look_at"]) == ("vendors", "ann", None)
    assert found["groups"]["decide"]["records"] == 0
    assert found["groups"]["blocked"]["does"]["take over"] == 2
    plan.an_hour_passes()
    plan.plan(look_again=False)
    found = page.get("vera", "api/into-procore/counts").json()
    assert found["takeovers"][0]["second_look_at"] is not None
    assert (found["groups"]["decide"]["does"]["take over"], found["groups"]["decide"]["does"]["unsure"]) == (1, 1)
    rows = page.get("vera", "api/into-procore/rows", group="decide", does="take over").json()["rows"]
    [row] = rows
    changes = {change["field"]: (change["from"], change["to"]) for change in row["changes"]}
    assert changes["origin_id"] == ("0a1b-77", "spectrum:1:OLD")
    assert row["reason"] == "Procore calls it Old Connector Glass (renamed)"
    assert any(each["field"] == "name" for each in row["holds"])
    [unsure] = page.get("vera", "api/into-procore/rows", group="decide", does="unsure").json()["rows"]
    assert unsure["reason"] == "its ERP id is GONE, which Spectrum does not have"
    given = [{"row": row["row_id"], "hash": row["row_hash"], "verb": "accept"}]
    accepted = page.post("accounting", "api/into-procore/decide", {"object": "vendors", "company": "1", "rows": given})
    assert accepted.json() == {"decided": 1, "refused": {}}
