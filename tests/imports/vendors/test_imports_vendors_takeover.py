"""N12: companies that another integration has marked are taken over from it."""

from __future__ import annotations

import pytest

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.imports.objects.vendors import OBJECT
from spectrum_etl.imports.steps import taking_over
from spectrum_etl.imports.steps.undo import plan_undo
from spectrum_etl.sources.procore.marks import PROBE_MARK
from tests.imports.vendors.imports_world import BOSS, WRITING, World, settings


def foreign(world: World, name: str, origin: str, code: str | None = None, **fields: object) -> int:
    """A company that the old connector has synced."""
    kept = {name: fields.pop(name) for name in ("origin_fixed", "erp_locked") if name in fields}
    return world.marked(world.company(name, **fields), origin, code, **kept)


def test_n12_without_a_confirmation_nothing_is_planned_and_some_are_named(world: World) -> None:
    world.vendor("A", "Acme")
    foreign(world, "Acme", "0a1b-22", "A")
    with pytest.raises(FixConfiguration) as refused:
        world.plan()
    assert "1 records in Procore carry the origin id of another integration, among them Acme (0a1b-22) (N12)" in str(
        refused.value
    )
    assert "integration_is_switched_off" in str(refused.value.instruction)
    assert world.rows() == {}


def test_n12_nothing_can_be_accepted_before_the_second_look(world: World) -> None:
    world.vendor("A", "Acme")
    world.vendor("B", "Bolt")
    foreign(world, "Acme", "0a1b-22", "A")
    world.plan(switched_off_by="ann")
    assert world.standing() == {"A": ("take over", "not ready"), "B": ("create", "not ready")}
    row = world.rows()["A"]
    assert row.rule == "N12"
    assert "Procore is read again at" in (row.reason or "")
    assert world.decide("A") == ["the row is not ready"]
    world.plan(look_again=False)
    assert world.standing()["A"] == ("take over", "not ready"), "it is not an hour yet"
    assert taking_over.due(world.systems(), OBJECT) is not None
    world.an_hour_passes()
    world.procore.server.calls.reset()
    world.plan(look_again=False)
    assert world.calls("GET") > 0, "Procore was read again, however lately that was done"
    assert world.standing() == {"A": ("take over", "ready"), "B": ("create", "ready")}
    assert taking_over.due(world.systems(), OBJECT) is None
    assert world.query("select confirmed_by from procore.takeovers") == [("ann",)]


def test_n12_a_new_foreign_id_at_the_second_look_ends_the_confirmation(world: World) -> None:
    world.vendor("A", "Acme")
    foreign(world, "Acme", "0a1b-22", "A")
    late = world.company("Late Co")
    world.plan(switched_off_by="ann")
    world.marked(late, "0a1b-33", "L")
    world.an_hour_passes()
    with pytest.raises(FixConfiguration, match=r"ann confirmed .* 1 records in Procore .* Late Co \(0a1b-33\) \(N12\)"):
        world.plan(look_again=False)
    with pytest.raises(FixConfiguration, match="2 records in Procore carry"):
        world.plan(look_again=False)
    assert world.take_over().counts[("take over", "ready")] == 1, "confirmed anew, with what is there now"


def test_n12_a_new_foreign_id_after_rows_were_accepted_puts_them_back(world: World) -> None:
    world.vendor("A", "Acme")
    foreign(world, "Acme", "0a1b-22", "A")
    late = world.company("Late Co")
    world.take_over()
    world.decide("A")
    world.marked(late, "0a1b-33", "L")
    world.procore.server.calls.reset()
    world.apply()
    assert world.calls(*WRITING) == 0
    row = world.rows()["A"]
    assert row.state == "put back"
    assert "the other integration still writes" in (row.reason or "")
    assert world.named("Acme")["origin_id"] == "0a1b-22"
    assert world.query("select count(*) from export.claims") == [(0,)]


@pytest.mark.parametrize("killed", ["before the first look", "between the looks", "before rows are applied"])
def test_n12_the_mark_of_a_killed_probe_is_no_new_id_and_hides_no_record(world: World, killed: str) -> None:
    """`check_connections` was killed while it tried whether an id can be replaced; the next check puts the id back."""
    world.vendor("A", "Acme")
    acme = foreign(world, "Acme", "0a1b-22", "A")
    probed = PROBE_MARK + "0a1b-22"
    if killed == "before the first look":
        world.marked(acme, probed, "A")
    world.plan(switched_off_by="ann")
    if killed == "between the looks":
        world.marked(acme, probed, "A")
    world.an_hour_passes()
    world.plan(look_again=False)
    assert world.standing() == {"A": ("take over", "ready")}
    assert world.rows()["A"].before["origin_id"] == "0a1b-22"
    world.decide("A")
    if killed == "before rows are applied":
        world.marked(acme, probed, "A")
    else:
        world.marked(acme, "0a1b-22", "A")
    assert world.apply().counts == {"applied": 1}
    assert [(each["id"], each["origin_id"]) for each in world.companies()] == [(acme, "spectrum:1:A")]
    plan_undo(world.systems(), OBJECT, f"run {world.runs}")
    world.decide()
    world.apply()
    assert world.named("Acme")["origin_id"] == "0a1b-22", "undo gives back the id itself"


def test_n12_what_a_probe_has_made_is_not_of_another_integration(world: World) -> None:
    own = world.systems().own_marks
    assert world.query("select procore.is_foreign('spectrum-probe:12ab', %s)", own) == [(False,)]
    assert world.query("select procore.is_foreign('12ab', %s)", own) == [(True,)]


def test_n12_paired_by_erp_id_then_by_name(world: World) -> None:
    for code, name in (("A", "Acme"), ("B", "Bolt"), ("C", "Cedar"), ("D", "Delta"), ("E", "Elm"), ("F", "Fargo")):
        world.vendor(code, name)
    world.vendor("SLEEPS", "Sleeper", status="I")
    foreign(world, "Acme", "f-1", "a  ")
    foreign(world, "Something else, Inc.", "f-2", "B")
    foreign(world, "Cedar", "f-3")
    foreign(world, "Delta", "f-4", "GONE1")
    foreign(world, "Elm North", "f-5", "E")
    foreign(world, "Elm South", "f-6", "E")
    foreign(world, "Sleeper", "f-7", "SLEEPS")
    nobody = foreign(world, "Nobody's", "f-8", "GONE2")
    world.company("Fargo")
    made = world.take_over()
    rows = world.rows()
    assert world.standing() == {
        "A": ("take over", "ready"), "B": ("take over", "ready"), "C": ("take over", "ready"),
        "D": ("take over", "suggested"), "E": ("take over", "suggested"), "F": ("link", "ready"),
        "SLEEPS": ("take over", "ready"), f"Procore {nobody}": ("refused", "not ready"),
    }, made.summary  # fmt: skip
    assert rows["A"].attributes == ["same ERP id", "same name"]
    assert rows["B"].reason == "Procore calls it Something else, Inc."
    assert rows["D"].reason == "its ERP id is GONE1, which Spectrum does not have"
    assert rows["E"].tied
    assert len(rows["E"].candidates) == 2
    assert "(f-8)" in (rows[f"Procore {nobody}"].reason or "")
    assert rows[f"Procore {nobody}"].rule == "N12"
    assert (rows["A"].before["origin_id"], rows["A"].after) == (
        "f-1", {"origin_id": "spectrum:1:A", "origin_code": "A"},
    )  # fmt: skip


def test_n12_taken_over_and_given_back_field_by_field(world: World) -> None:
    for code, name in (("A", "Acme"), ("B", "Bolt"), ("C", "Cedar")):
        world.vendor(code, name, phone="330", city="Akron")
    foreign(world, "Acme", "f-1", "A", business_phone="216", is_active=False)
    foreign(world, "Bolt", "f-2", "b ", city="Toledo")
    foreign(world, "Cedar", "f-3")
    before = world.companies()
    world.take_over()
    assert world.decide() == [None] * 3
    world.apply()
    run = f"run {world.runs}"
    assert world.compare().differing == []
    assert sorted(world.links()) == ["A", "B", "C"]
    assert [each["origin_id"] for each in world.companies()] == ["spectrum:1:A", "spectrum:1:B", "spectrum:1:C"]
    changed = ("origin_id", "origin_code", "integration")
    assert [{k: v for k, v in each.items() if k not in changed} for each in world.companies()] == [
        {k: v for k, v in each.items() if k not in changed} for each in before
    ], "nothing else of them has changed"
    assert world.plan().counts == {}, "nothing is left, and no field of them follows Spectrum by itself"
    plan_undo(world.systems(), OBJECT, run)
    world.decide()
    world.apply()
    assert world.compare().differing == []
    kept = [{**each, "integration": "procore_connector"} for each in world.companies()]
    assert kept == before, "every foreign id is back"
    assert world.links() == {}
    assert world.query("select count(*) from export.claims") == [(0,)]
    world.plan()
    assert set(world.standing().values()) == {("take over", "left out")}, "and it is not repeated by itself"


def test_n12_the_first_rows_are_the_probe_and_the_rest_is_not_hammered(world: World) -> None:
    for number in range(30):
        world.vendor(f"V{number:02d}", f"Contractor {number}")
        foreign(world, f"Contractor {number}", f"f-{number}", f"V{number:02d}")
    world.procore.fault("procore_foreign_origin", "refused")
    world.take_over()
    world.decide()
    world.procore.server.calls.reset()
    assert world.apply().counts == {"failed": 30}
    assert world.calls(*WRITING) == 3
    rows = world.rows()
    assert "ask Procore to release company" in (rows["V00"].remedy or "")
    assert rows["V00"].rule == "N12"
    assert "it was not sent: Procore has refused" in (rows["V29"].reason or "")
    assert "Contractor 0" in (rows["V29"].reason or "")
    assert world.query("select count(*) from export.claims") == [(0,)], "and it can be offered again"
    world.procore.fault("procore_foreign_origin", "replaceable")
    world.plan()
    world.decide()
    world.procore.server.calls.reset()
    assert world.apply().counts == {"applied": 30}
    assert world.calls(*WRITING) == 2, "one goes alone, the others together"


def test_n12_where_it_is_known_that_ids_are_replaced_none_goes_alone(world: World) -> None:
    """`check_connections` has tried it out."""
    for number in range(5):
        world.vendor(f"V{number}", f"Name {number}")
        foreign(world, f"Name {number}", f"f-{number}", f"V{number}")
    world.take_over()
    world.decide()
    world.query(
        "insert into sync.procore_probes (company_code, procore_company_id, probe, answer, said, tried_at, run_id)"
        " values ('1', 4001, 'foreign_id_replaced', 'yes', 'tried', clock_timestamp(), 'run')"
    )
    try:
        world.procore.server.calls.reset()
        assert world.apply().counts == {"applied": 5}
        assert world.calls(*WRITING) == 1
    finally:
        world.query("delete from sync.procore_probes")


def test_n12_what_is_locked_or_kept_says_what_to_ask_procore_for(world: World) -> None:
    for code, name in (("A", "Acme"), ("B", "Bolt"), ("C", "Cedar")):
        world.vendor(code, name)
    foreign(world, "Acme", "f-1", "A", erp_locked=True)
    foreign(world, "Bolt", "f-2", "B", origin_fixed=True)
    foreign(world, "Cedar", "f-3", "C")
    world.take_over()
    world.decide()
    assert world.apply().counts == {"failed": 2, "applied": 1}
    rows = world.rows()
    assert "ask Procore to unlock company" in (rows["A"].remedy or "")
    assert "ask Procore to release company" in (rows["B"].remedy or "")
    assert "f-2" in (rows["B"].remedy or "")
    assert sorted(world.links()) == ["C"]
    world.plan()
    assert world.standing() == {"A": ("take over", "ready"), "B": ("take over", "ready")}, "offered again"


def test_n12_a_dry_run_shows_it_and_keeps_nothing(world: World) -> None:
    world.vendor("A", "Acme")
    foreign(world, "Acme", "f-1", "A")
    dry = world.plan(dry_run=True, switched_off_by="ann")
    assert dry.counts == {("take over", "ready"): 1}
    assert world.query("select count(*) from procore.takeovers") == [(0,)]
    with pytest.raises(FixConfiguration):
        world.plan()


def test_n12_a_narrowed_run_takes_over_nothing_else(world: World) -> None:
    for code, name in (("A", "Acme"), ("B", "Bolt")):
        world.vendor(code, name)
        foreign(world, name, f"f-{code}", code)
    world.take_over("A")
    assert world.standing() == {"A": ("take over", "ready")}
    world.decide()
    world.apply()
    assert world.named("Bolt")["origin_id"] == "f-B"
    world.plan()
    assert world.standing() == {"B": ("take over", "ready")}, "the confirmation stands"


def test_n12_no_setting_takes_over(world: World) -> None:
    world.settings = settings(ask="never")
    world.vendor("A", "Acme")
    foreign(world, "Acme", "f-1", "A")
    world.take_over()
    assert world.standing() == {"A": ("take over", "ready")}


def test_n12_a_person_may_choose_another_marked_company(world: World) -> None:
    world.vendor("A", "Acme")
    other = foreign(world, "Acme of Ohio", "f-2", "GONE")
    foreign(world, "Acme", "f-1", "A")
    world.take_over()
    assert world.decide("A", record=other) == [None]
    row = world.rows()["A"]
    assert (row.kind, row.before["origin_id"]) == ("take over", "f-2")
    world.apply()
    assert world.links() == {"A": other}


def test_n12_a_lost_answer_is_found_out(world: World) -> None:
    for code, name in (("A", "Acme"), ("B", "Bolt")):
        world.vendor(code, name)
        foreign(world, name, f"f-{code}", code)
    world.take_over()
    world.decide()
    world.procore.fault("procore_lost_answer", None, 1)
    world.apply()
    world.apply()
    assert sorted(world.links()) == ["A", "B"]
    assert world.compare().differing == []
    assert BOSS.id in {by for (by,) in world.query("select decided_by from procore.calls where kind = 'take over'")}
