"""N11: the warehouse is restored from an older dump, while Procore has gone on: nothing is doubled, lost or stuck."""

from __future__ import annotations

import pytest

from tests.imports.vendors.imports_dump import Dump
from tests.imports.vendors.imports_world import World, settings


def _go_on(world: World) -> None:
    """What a run and an approver do."""
    world.plan()
    if any(row.state in ("ready", "suggested") for row in world.rows().values()):
        world.decide()
    world.apply()
    world.compare()


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
