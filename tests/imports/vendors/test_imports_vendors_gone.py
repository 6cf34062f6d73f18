"""N2, N3: companies that are inactive, or gone since somebody accepted them, however Procore shows them."""

from __future__ import annotations

import pytest

from spectrum_etl.imports.steps.undo import plan_undo
from tests.imports.vendors.imports_world import World, settings


@pytest.mark.parametrize("is_active", [True, False])
def test_n2_a_company_that_is_gone_after_it_was_accepted_is_told_and_the_others_go_on(
    world: World, is_active: bool
) -> None:
    world.vendor("ACME", "Acme")
    world.vendor("BOLT", "Bolt")
    acme = world.company("Acme", is_active=is_active)
    world.company("Bolt")
    world.plan()
    world.decide()
    world.procore.remove(acme)
    world.apply()
    rows = world.rows()
    assert rows["BOLT"].state == "applied"
    assert rows["ACME"].state == ("failed" if is_active else "put back"), "of inactive ones it is asked before"
    world.plan()
    # Nothing of that name is there any more: it is offered as a new one.
    assert world.standing() == {"ACME": ("create", "ready")}


def test_n2_a_plan_that_is_made_anew_tells_of_an_accepted_company_that_is_gone(world: World) -> None:
    world.vendor("ACME", "Acme")
    acme = world.company("Acme")
    world.plan()
    world.decide()
    world.procore.remove(acme)
    world.plan()
    row = world.rows()["ACME"]
    assert (row.kind, row.state) == ("gone", "not ready")
    assert row.reason == f"Procore no longer shows company {acme}"


@pytest.mark.parametrize("writable", ["on", "off"])
def test_n3_an_inactive_company_is_linked_and_taken_back_where_its_own_list_alone_shows_it(
    world: World, writable: str
) -> None:
    world.procore.fault("procore_inactive_shown", "off")
    world.procore.fault("procore_inactive_listed", "off")
    world.procore.fault("procore_inactive_writable", writable)
    world.vendor("ACME", "Acme")
    world.vendor("NEW", "New")
    acme = world.company("Acme", is_active=False)
    world.run()
    assert world.links()["ACME"] == acme
    plan_undo(world.systems(), world.obj, f"run {world.runs}")
    assert world.decide() == [None, None]
    world.apply()
    assert world.compare().differing == []
    assert {each["name"]: (each["is_active"], each["origin_id"]) for each in world.companies()} == {
        "Acme": (False, None),
        "New": (False, None),
    }


@pytest.mark.parametrize("listed", ["on", "off"])
def test_n3_an_inactive_company_is_made_active_whether_its_list_says_that_it_is_not_or_leaves_that_out(
    world: World, listed: str
) -> None:
    world.procore.fault("procore_inactive_flag", "off")
    world.procore.fault("procore_inactive_listed", listed)
    world.vendor("ACME", "Acme")
    acme = world.company("Acme", is_active=False)
    world.run()
    assert world.links() == {"ACME": acme}
    assert world.named("Acme")["is_active"] is True


def test_n3_a_company_that_was_merged_into_another_one_is_told_with_which(world: World) -> None:
    world.vendor("ACME", "Acme")
    world.vendor("BOLT", "Bolt")
    world.run()
    merged, other, deleted = world.links()["ACME"], world.company("Acme Group"), world.links()["BOLT"]
    world.procore.remove(merged)
    world.procore.remove(deleted)
    world.mark(other, "spectrum:1:ACME", "ACME")
    world.plan()
    rows = world.rows()
    assert world.standing() == {"ACME": ("gone", "not ready"), "BOLT": ("gone", "not ready")}
    assert (rows["ACME"].reason or "").endswith(
        f"it was merged into {other} (Acme Group), which carries its origin id now"
    )
    assert (rows["BOLT"].reason or "").endswith("it was merged into another, or deleted")


def test_n4_a_change_of_an_inactive_company_that_procore_does_not_take_says_to_make_it_active(world: World) -> None:
    world.settings = settings(update=["address"])
    world.vendor("ACME", "Acme", city="Akron")
    world.run()
    acme = world.links()["ACME"]
    world.procore.fault("procore_inactive_writable", "off")
    world.procore.change(acme, is_active=False)
    world.change_vendor("ACME", city="Dayton")
    world.plan()
    world.decide()
    world.apply()
    row = world.rows()["ACME"]
    assert (row.kind, row.state) == ("update", "failed")
    assert row.remedy == f"it is inactive: make company {acme} active in Procore, then plan again"
