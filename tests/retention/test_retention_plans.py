"""Old plans, calls and looks go; what undo, links, claims, what was left out and open plans need is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.imports.objects.vendors import OBJECT
from spectrum_etl.imports.steps.accept import Decision, decide
from spectrum_etl.imports.steps.undo import plan_undo
from spectrum_etl.retention.clean import clean_up
from spectrum_etl.settings.retention import Retention
from spectrum_etl.staging.objects.vendors import VENDORS
from stack.postgres import EmbeddedPostgres
from tests.imports.vendors.imports_world import BOSS, World, warehouse_and_procore

KINDS = ("import_calls", "plan_rows", "plans", "looks")
_TIMES = {
    "plans": ("made_at", "looked_at", "ended_at"),
    "plan_rows": ("decided_at", "changed_at"),
    "calls": ("intent_at", "answered_at", "compared_at"),
    "looks": ("looked_at", "whole_at"),
}


@pytest.fixture(scope="module")
def whole(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[World]:
    """The world of the module."""
    with warehouse_and_procore(postgres, request, VENDORS) as (url, procore):
        yield World(url, procore)


@pytest.fixture
def world(whole: World) -> World:
    """An empty world."""
    whole.clear()
    return World(whole.url, whole.procore)


def days_pass(world: World, days: int) -> None:
    """Everything that is there becomes older."""
    for table, columns in _TIMES.items():
        moved = ", ".join(f"{column} = {column} - %s * interval '1 day'" for column in columns)
        world.query(f"update procore.{table} set {moved}", *[days] * len(columns))  # noqa: S608


def clean(world: World) -> dict[str, int]:
    """What is removed of imports."""
    found = clean_up(world.url, Retention(plans_days=100))
    return {kind: found[kind] for kind in KINDS if found[kind]}


def test_a_young_run_stays_and_can_be_undone_and_an_old_one_cannot(world: World) -> None:
    world.vendor("OLD", "Old Vendor")
    world.run()
    old = world.runs
    world.plan()
    days_pass(world, 60)
    assert clean(world) == {}
    world.vendor("YOUNG", "Young Vendor")
    world.run()
    young = world.runs
    world.plan()
    days_pass(world, 60)
    assert clean(world) == {"import_calls": 1, "plan_rows": 1, "plans": 1}
    assert clean(world) == {}, "a second run finds nothing"
    with pytest.raises(FixConfiguration, match="nothing that could be undone"):
        plan_undo(world.systems(), OBJECT, f"run {old}")
    assert plan_undo(world.systems(), OBJECT, f"run {young}").counts == {("undo", "ready"): 1}
    assert sorted(world.links()) == ["OLD", "YOUNG"], "links stay"
    assert sorted(world.query("select key from export.claims")) == [("OLD",), ("YOUNG",)]


def test_the_open_plan_stays_however_old_with_what_it_claims_and_what_it_undoes(world: World) -> None:
    for code in ("UNDO", "LEFT", "ACCEPT", "READY"):
        world.vendor(code, f"Vendor {code}")
    world.run("UNDO")
    run = world.runs
    world.plan()
    plan_undo(world.systems(), OBJECT, f"run {run}")
    world.decide("LEFT", verb="leave out")
    world.decide("ACCEPT")
    days_pass(world, 200)
    before = world.standing()
    # The plans that came before it hold nothing that is needed, but for the one that the run has applied.
    assert clean(world) == {"plans": 1}
    assert world.standing() == before
    assert world.query("select count(*) from procore.left_out") == [(1,)]
    world.decide("UNDO")
    world.apply()
    assert sorted(world.links()) == ["ACCEPT"]
    world.compare()
    world.plan()
    undone = world.query("select row_id, row_hash from procore.plan_rows where kind = 'undo'")
    days_pass(world, 200)
    # Neither the call of the undo nor what it has undone is there any more; that it is left out is.
    clean(world)
    assert world.query("select count(*) from procore.calls") == [(0,)]
    assert world.query("select spectrum_key from procore.left_out order by 1") == [("LEFT",), ("UNDO",)]
    [(row, row_hash)] = undone
    assert decide(world.systems(), OBJECT, [Decision(row, row_hash, "include")], BOSS) == {row: None}


def test_an_undo_stays_as_long_as_what_it_has_undone(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.run()
    run = world.runs
    world.runs += 1
    plan_undo(world.systems(), OBJECT, f"run {run}")
    world.decide()
    world.apply()
    world.compare()
    world.plan()
    days_pass(world, 200)
    # The run itself is younger than its undo says: a clock that was set back.
    world.query("update procore.calls set answered_at = clock_timestamp() where kind = 'create'")
    clean(world)
    with pytest.raises(FixConfiguration, match="nothing that could be undone"):
        plan_undo(world.systems(), OBJECT, f"run {run}")


def test_looks_and_dry_runs_of_what_is_no_longer_imported_go(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.plan(dry_run=True)
    days_pass(world, 200)
    assert clean(world) == {"plan_rows": 1, "plans": 1, "looks": 1}
