"""N10: a run is taken back from its calls, with a plan that shows what that does."""

from __future__ import annotations

from typing import Any

import pytest

from spectrum_etl.errors import FixConfiguration, RetryLater
from spectrum_etl.imports.objects.vendors import OBJECT
from spectrum_etl.imports.steps.accept import Decision, decide
from spectrum_etl.imports.steps.plan import Made
from spectrum_etl.imports.steps.undo import plan_undo
from tests.imports.vendors.imports_world import BOSS, Kill, World, killed_after, settings


def undo(world: World, run: int, *, dry_run: bool = False) -> Made:
    """Plan to undo a run of the world."""
    return plan_undo(world.systems(), OBJECT, f"run {run}", dry_run=dry_run)


def state_of(world: World) -> dict[int, dict[str, Any]]:
    """Every company as Procore has it, without the fields that only a write makes."""
    return {
        each["id"]: {name: value for name, value in each.items() if value not in (None, "")}
        for each in world.companies()
    }


def test_n10_procore_is_as_before_but_for_inactive_companies_without_our_id(world: World) -> None:
    world.settings = settings(update=["name", "address", "phone", "fax"])
    for code in ("NEW", "LINK", "SLEEPS", "MOVES"):
        world.vendor(code, f"Vendor {code}", phone="1", city="Akron")
    world.company("Vendor LINK", city="Dayton", business_phone="9")
    world.company("Vendor SLEEPS", is_active=False)
    world.company("Vendor MOVES")
    world.run("MOVES")
    world.change_vendor("MOVES", phone="2", city="Toledo")
    before = state_of(world)
    world.run()
    run = world.runs
    assert len(world.links()) == 4
    undo(world, run)
    rows = world.rows()
    assert {key: (row.kind, row.state) for key, row in rows.items()} == dict.fromkeys(
        ("NEW", "LINK", "SLEEPS", "MOVES"), ("undo", "ready")
    )
    assert rows["MOVES"].before["business_phone"] == "2"
    assert world.decide() == [None] * 4
    world.apply()
    assert world.compare().differing == []
    after = state_of(world)
    [made] = set(after) - set(before)
    del after[made]
    assert after == before
    created = next(each for each in world.companies() if each["id"] == made)
    assert (created["is_active"], created["origin_id"], created["origin_code"]) == (False, None, None)
    assert list(world.links()) == ["MOVES"], "what the run before had linked stays"
    assert world.query("select key from export.claims") == [("MOVES",)]


def test_n10_what_was_undone_is_left_out_until_somebody_includes_it(world: World) -> None:
    world.vendor("ACME", "Acme")
    world.company("Acme")
    world.run()
    undo(world, world.runs)
    world.decide()
    world.apply()
    world.plan()
    assert world.standing() == {"ACME": ("link", "left out")}
    world.decide("ACME", verb="include")
    world.run()
    assert list(world.links()) == ["ACME"]


def test_n10_what_was_undone_can_be_included_before_a_plan_says_that_it_is_left_out(world: World) -> None:
    world.vendor("ACME", "Acme")
    world.run()
    undo(world, world.runs)
    world.decide()
    world.apply()
    assert world.standing() == {"ACME": ("undo", "applied")}
    # A narrowed run takes the plan over, and has no row for it.
    world.vendor("OTHER", "Other")
    undone = world.rows()["ACME"]
    world.plan("OTHER")
    decision = Decision(undone.row_id, undone.row_hash, "include")
    assert decide(world.systems(), OBJECT, [decision], BOSS) == {undone.row_id: None}
    assert decide(world.systems(), OBJECT, [decision], BOSS) == {
        undone.row_id: "the row is no longer in the open plan: look at the plan again"
    }
    world.plan()
    assert world.standing()["ACME"] == ("link", "ready")


def test_n10_what_a_run_has_done_can_be_kept_instead(world: World) -> None:
    world.settings = settings(update=["phone"])
    world.vendor("ACME", "Acme", phone="1")
    world.vendor("BETA", "Beta")
    world.run()
    undo(world, world.runs)
    world.change_vendor("ACME", phone="2")
    world.plan()
    assert world.standing() == {"ACME": ("undo", "ready"), "BETA": ("undo", "ready")}
    assert world.decide("ACME", verb="leave out") == [
        "an undo is accepted, or what the run has done is kept; what it has undone is left out"
    ]
    assert world.decide("ACME", verb="keep") == [None]
    assert world.rows()["ACME"].reason == "it was decided not to undo this"
    world.plan()
    assert world.standing() == {"ACME": ("update", "ready"), "BETA": ("undo", "ready")}
    assert world.decide("ACME", verb="keep") == ["only what would be undone can be kept as it is"]
    assert sorted(world.links()) == ["ACME", "BETA"]


def test_n10_what_was_changed_since_is_a_conflict_and_stays(world: World) -> None:
    for code in ("A", "B", "C"):
        world.vendor(code, f"Vendor {code}", city="Akron")
    world.run()
    run = world.runs
    world.procore.change(world.named("Vendor A")["id"], city="Dayton")
    world.settings = settings(update=["phone"])
    world.change_vendor("B", phone="5")
    world.run()
    undo(world, run)
    rows = world.rows()
    assert {key: row.state for key, row in rows.items()} == {"A": "not ready", "B": "not ready", "C": "ready"}
    assert rows["A"].reason == "somebody has changed this in Procore since: city"
    assert rows["B"].reason == f"a later run has changed it: run {run + 1}"
    world.decide()
    world.apply()
    assert sorted(world.links()) == ["A", "B"]
    assert world.named("Vendor A")["is_active"] is True


def test_n10_what_procore_made_of_a_value_itself_is_no_change_of_somebody(world: World) -> None:
    world.procore.fault("procore_text", "tidied")
    for code in ("A", "B"):
        world.vendor(code, f"Mu\u0308ller {code}", city="Akron")
    world.run()
    run = world.runs
    world.procore.change(world.named("M\u00fcller B")["id"], name="Mueller B")
    world.plan()
    undo(world, run)
    assert {key: row.state for key, row in world.rows().items()} == {"A": "ready", "B": "not ready"}
    assert world.rows()["B"].reason == "somebody has changed this in Procore since: name"
    world.decide()
    world.apply()
    assert world.compare().differing == []
    assert {each["name"]: each["is_active"] for each in world.companies()} == {
        "M\u00fcller A": False,
        "Mueller B": True,
    }


def test_n10_a_row_that_changes_after_it_was_accepted_is_put_back(world: World) -> None:
    world.vendor("A", "Vendor A", city="Akron")
    world.run()
    undo(world, world.runs)
    world.decide()
    world.procore.change(world.named("Vendor A")["id"], is_active=False)
    assert world.apply().counts == {"put back": 1}
    assert list(world.links()) == ["A"]


def test_n10_a_plan_of_the_import_keeps_an_undo_that_waits(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.run()
    undo(world, world.runs)
    world.vendor("B", "Vendor B")
    world.plan()
    assert world.standing() == {"A": ("undo", "ready"), "B": ("create", "ready")}
    world.decide("A")
    world.plan()
    assert world.standing()["A"] == ("undo", "accepted")
    assert world.apply().counts == {"applied": 1}


def test_n10_a_run_that_did_nothing_or_was_undone_is_refused(world: World) -> None:
    world.vendor("A", "Vendor A")
    with pytest.raises(FixConfiguration, match="nothing that could be undone"):
        undo(world, 99)
    world.run()
    run = world.runs
    dry = undo(world, run, dry_run=True)
    assert dry.counts == {("undo", "ready"): 1}
    assert world.decide() == [], "a dry run is not decided"
    undo(world, run)
    world.decide()
    world.apply()
    with pytest.raises(FixConfiguration, match="nothing that could be undone"):
        undo(world, run)


@pytest.mark.parametrize("step", range(1, 16, 2))
def test_n10_killed_anywhere_and_with_lost_answers(world: World, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    for n in range(3):
        world.vendor(f"V{n}", f"Vendor {n}")
    linked = world.company("Vendor 1")
    world.run()
    run = world.runs
    world.procore.fault("procore_lost_answer", None, 2)
    with killed_after(step, monkeypatch):
        try:
            undo(world, run)
            world.decide()
            world.apply()
        except (Kill, RetryLater):
            pass
    world.procore.server.switches.clear("procore_lost_answer")
    for _ in range(2):
        try:
            undo(world, run)
        except FixConfiguration:
            break  # all of it is undone
        world.decide()
        world.apply()
    assert world.links() == {}
    assert {each["id"]: (each["is_active"], each["origin_id"]) for each in world.companies()} == {
        each["id"]: (each["id"] == linked, None) for each in world.companies()
    }
    assert world.query("select count(*) from export.claims") == [(0,)]
