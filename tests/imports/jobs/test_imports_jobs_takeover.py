"""N12: projects that another integration has marked are taken over from it."""

from __future__ import annotations

from spectrum_etl.imports.objects.jobs import OBJECT
from spectrum_etl.imports.steps.undo import plan_undo
from tests.imports.jobs.jobs_world import JobsWorld
from tests.imports.vendors.imports_world import WRITING


def foreign(world: JobsWorld, name: str, number: str, origin: str, code: str | None = None, **fields: object) -> int:
    """A project that the old connector has made."""
    return world.marked(world.project(name, number), origin, code, **fields)


def test_n12_projects_are_paired_by_erp_id_then_by_number_or_name(world: JobsWorld) -> None:
    for number, name in (("24-1", "Harbor"), ("24-2", "School"), ("24-3", "Tower"), ("24-4", "Annex")):
        world.job(number, name)
    world.job("20-9", "Old Mill", status_code="C")
    world.job("24-1A", "Harbor East", master_job="24-1")
    foreign(world, "Harbor (renamed)", "24-1", "f-1", "24-1")
    foreign(world, "School", "24-2", "f-2")
    foreign(world, "Tower", "77", "f-3", "GONE")
    foreign(world, "Old Mill", "20-9", "f-4", "20-9", active=False)
    foreign(world, "Harbor East", "24-1A", "f-5", "24-1A")
    world.take_over()
    rows = world.rows()
    assert world.standing() == {
        "24-1": ("take over", "ready"), "24-2": ("take over", "ready"), "24-3": ("take over", "suggested"),
        "24-4": ("create", "suggested"), "20-9": ("take over", "ready"), "24-1A": ("refused", "not ready"),
    }  # fmt: skip
    assert rows["24-1"].reason == "Procore calls it Harbor (renamed)"
    assert rows["24-1A"].rule == "B3"
    assert "may not see" in (rows["24-4"].reason or "")
    assert world.decide("24-4") == [None], "a person may look, and create it"
    assert world.decide("24-4", verb="take back") == [None]
    assert world.standing()["24-4"] == ("create", "suggested")


def test_n12_projects_are_taken_over_and_given_back(world: JobsWorld) -> None:
    for place in range(1, 4):
        world.job(f"24-{place}", f"Job {place}", city="Akron")
        foreign(world, f"Project {place}", f"24-{place}", f"f-{place}", f"24-{place}", city="Toledo")
    before = world.companies()
    world.take_over()
    world.decide()
    world.procore.server.calls.reset()
    assert world.apply().counts == {"applied": 3}
    assert world.calls(*WRITING) == 3, "one a project"
    run = f"run {world.runs}"
    assert world.compare().differing == []
    assert sorted(world.links()) == ["24-1", "24-2", "24-3"]
    assert {each["city"] for each in world.companies()} == {"Toledo"}, "nothing else is written"
    assert world.plan().counts == {}
    plan_undo(world.systems(), OBJECT, run)
    world.decide()
    world.apply()
    assert world.compare().differing == []
    assert [{**each, "integration": "procore_connector"} for each in world.companies()] == before
    assert world.links() == {}


def test_n12_what_procore_keeps_is_not_hammered_project_by_project(world: JobsWorld) -> None:
    for place in range(1, 9):
        world.job(f"24-{place}", f"Job {place}")
        foreign(world, f"Job {place}", f"24-{place}", f"f-{place}", f"24-{place}", origin_fixed=place < 3)
    world.take_over()
    world.decide()
    assert world.apply().counts == {"failed": 2, "applied": 6}
    world.procore.fault("procore_foreign_origin", "refused")
    world.plan()
    world.decide()
    world.procore.server.calls.reset()
    world.apply()
    assert world.calls(*WRITING) == 2
    assert "ask Procore to release project" in (world.rows()["24-1"].remedy or "")
