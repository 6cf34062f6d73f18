"""N2, N11: the warehouse is restored from an older dump, while Procore has gone on.

Nothing is doubled, lost or stuck; and nothing is written on the strength of a decision that may have been taken back,
left out or undone after the dump.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from spectrum_etl.imports.objects.vendors import OBJECT
from spectrum_etl.imports.steps.accept import accept_asked, accept_exact_names
from spectrum_etl.imports.steps.question import Question, ask
from spectrum_etl.imports.steps.undo import plan_undo
from spectrum_etl.model.run import Instance, Run
from tests.imports.vendors.imports_dump import Dump, real_dump
from tests.imports.vendors.imports_world import BOSS, WRITING, World, settings

INSTANCE = Instance("import_vendors", "r", "company.approve", 0)


def _go_on(world: World) -> None:
    """What a run and an approver do."""
    world.plan()
    if any(row.state in ("ready", "suggested") for row in world.rows().values()):
        world.decide()
    world.apply()
    world.compare()


def _asked(world: World) -> Question | None:
    return ask(world.systems(), OBJECT, INSTANCE, lambda _: True)


@pytest.mark.parametrize("moment", ["nothing", "planned", "accepted", "applied"])
def test_n11_a_restored_warehouse_goes_on_from_what_procore_holds(world: World, moment: str) -> None:
    world.settings = settings(update=["phone"])
    world.vendor("V0", "Akron Paving", phone="1")
    world.vendor("V1", "Bolt Electric", phone="1")
    world.company("Akron Paving")
    dump = Dump.empty(world)
    world.plan()
    dump = Dump.of(world) if moment == "planned" else dump
    world.decide()
    dump = Dump.of(world) if moment == "accepted" else dump
    world.apply()
    dump = Dump.of(world) if moment == "applied" else dump
    world.compare()
    world.change_vendor("V1", phone="2")
    _go_on(world)
    before = world.companies()
    dump.restore(world)
    for _ in range(3):
        _go_on(world)
    assert [(each["id"], each["origin_id"]) for each in world.companies()] == [
        (each["id"], each["origin_id"]) for each in before
    ], "Procore holds each once, with its id"
    assert world.links() == {f"V{number}": each["id"] for number, each in enumerate(before)}
    assert all(state in ("applied", "put back") for _, state in world.standing().values()), world.standing()
    assert world.query("select count(*) from export.claims where not linked") == [(0,)]


def test_n2_what_was_taken_back_after_the_dump_is_not_applied(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.vendor("B", "Vendor B")
    world.plan()
    world.decide()
    restore = real_dump(world)
    world.decide("A", verb="take back")
    restore()
    assert world.standing() == {"A": ("create", "accepted"), "B": ("create", "accepted")}, "so says the dump"
    assert world.apply().counts == {"put back": 2}
    assert world.companies() == []
    assert world.calls(*WRITING) == 0
    assert "restored from a backup" in (world.rows()["A"].reason or "")
    assert world.query("select count(*) from export.claims") == [(0,)]
    world.plan()
    assert world.standing() == {"A": ("create", "ready"), "B": ("create", "ready")}
    world.decide("B")
    world.apply()
    assert list(world.links()) == ["B"]


def test_n2_a_plan_puts_back_what_the_dump_holds_as_accepted_by_a_setting_too(world: World) -> None:
    world.settings = settings(ask="never")
    world.vendor("A", "Vendor A")
    world.vendor("B", "Vendor B")
    world.plan()
    dump = Dump.of(world)
    world.decide("A", verb="take back")
    world.decide("A", verb="leave out")
    dump.restore(world)
    world.plan()
    assert world.standing() == {"A": ("create", "ready"), "B": ("create", "ready")}, "the setting does not know of A"
    assert world.apply().counts == {}
    question = _asked(world)
    assert question is not None
    assert "restored from a backup" in question.body
    world.decide("A", verb="leave out")
    world.plan()
    assert world.standing() == {"A": ("create", "left out"), "B": ("create", "accepted")}
    world.vendor("C", "Vendor C")
    world.plan()
    assert world.standing()["C"] == ("create", "accepted"), "somebody has decided since: the setting goes on"


def test_n2_a_plan_of_the_dump_is_not_accepted_before_it_is_made_again(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.vendor("B", "Vendor B")
    world.company("Vendor B")
    world.plan()
    assert _asked(world) is not None
    asked = replace(world.systems(), run=Run("import_vendors", "r"))
    restore = real_dump(world)
    world.decide("A", verb="leave out")
    restore()
    assert accept_asked(asked, OBJECT, BOSS) == 0, "the question is older than the restore"
    assert accept_exact_names(asked, OBJECT, BOSS) == 0
    assert world.decide("A") == [
        "the warehouse was restored from a backup after this plan was made: plan again, and look at the new plan"
    ]
    assert _asked(world) is None, "nobody is asked about an old plan"
    world.plan()
    assert accept_asked(asked, OBJECT, BOSS) == 0, "a new plan wants a new question"
    assert _asked(world) is not None
    assert accept_asked(asked, OBJECT, BOSS) == 2


def test_n10_what_was_undone_after_the_dump_stays_so(world: World) -> None:
    world.settings = settings(update=["phone"], ask="changes")
    world.vendor("A", "Vendor A", phone="1")
    world.vendor("B", "Vendor B", phone="1")
    world.vendor("C", "Vendor C", phone="1")
    kept = world.company("Vendor B", business_phone="9")
    world.run()
    run = world.runs
    dump = Dump.of(world)
    plan_undo(world.systems(), OBJECT, f"run {run}")
    world.decide("A", "B")
    world.apply()
    undone = world.companies()
    dump.restore(world)
    assert sorted(world.links()) == ["A", "B", "C"], "so says the dump"
    world.change_vendor("A", phone="2")
    world.change_vendor("B", phone="2")
    world.plan()
    assert world.standing() == {"A": ("link", "left out"), "B": ("link", "left out")}
    assert list(world.links()) == ["C"]
    assert world.query("select key from export.claims") == [("C",)]
    world.apply()
    assert world.companies() == undone, "Procore is as the undo has left it"
    world.decide("B", verb="include")
    world.decide("B")
    world.apply()
    assert world.links()["B"] == kept


def test_n2_an_undo_that_was_taken_back_after_the_dump_is_not_applied(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.run()
    plan_undo(world.systems(), OBJECT, f"run {world.runs}")
    world.decide()
    dump = Dump.of(world)
    world.decide("A", verb="take back")
    world.decide("A", verb="keep")
    before = world.companies()
    dump.restore(world)
    assert world.apply().counts == {"put back": 1}
    assert world.companies() == before
    assert list(world.links()) == ["A"]


def test_n11_what_the_dump_holds_as_begun_is_settled_by_what_procore_holds(world: World) -> None:
    """One that Procore has taken is linked, which writes nothing; the other waits for somebody to accept it again."""
    world.vendor("A", "Vendor A")
    world.vendor("B", "Vendor B")
    world.plan()
    world.decide()
    world.query("update procore.plan_rows set state = 'applying'")
    dump = Dump.of(world)
    world.query("update procore.plan_rows set state = 'accepted'")
    world.decide("B", verb="take back")
    world.apply()
    made = world.named("Vendor A")["id"]
    dump.restore(world)
    before = world.calls(*WRITING)
    assert world.apply().counts == {"applied": 1, "put back": 1}
    assert world.calls(*WRITING) == before
    assert world.links() == {"A": made}
    world.plan()
    assert world.standing()["B"] == ("create", "ready")


def test_n11_procore_is_read_whole_before_the_first_plan_of_a_restored_warehouse(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.plan()
    dump = Dump.of(world)
    world.company("Vendor A")
    dump.restore(world)
    world.plan(look_again=False)
    assert world.standing() == {"A": ("link", "ready")}
    looked = world.calls("GET")
    world.plan(look_again=False)
    assert world.calls("GET") == looked, "once"


def test_n2_a_server_that_was_only_restarted_knows_every_decision(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.plan()
    world.decide()
    world.query("update export.continuity set server = 'started before ' || server")
    assert world.apply().counts == {"applied": 1}
    assert world.query("select noticed_at is null, restored_at is null from export.continuity") == [(False, True)]
