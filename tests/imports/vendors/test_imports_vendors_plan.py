"""N2, N3, N4, C2, C3, C6: what a plan of vendors says, and what a newer one keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spectrum_etl.errors import FixConfiguration, StopSync
from spectrum_etl.imports.objects.vendors import OBJECT
from spectrum_etl.imports.spec import Narrowed
from spectrum_etl.imports.steps import question as questions
from spectrum_etl.imports.steps.accept import (
    Decider,
    Decision,
    accept_asked,
    accept_exact_names,
    decide,
)
from spectrum_etl.imports.steps.plan import make_plan
from spectrum_etl.model.run import Instance, Run
from tests.imports.vendors.imports_world import BOSS, WRITING, World, settings


def ask(world: World, run: str = "r", *, waits: bool = True) -> list[str]:
    """Ask about the open plan; the rows that somebody is asked about."""
    this = Instance("import_vendors", run, "company.approve", 0)
    question = questions.ask(world.systems(), OBJECT, this, lambda _: waits)
    found = world.query("select spectrum_key from procore.plan_rows where asked_at is not null order by 1")
    return [key for (key,) in found] if question else []


def test_n3_a_vendor_without_a_company_is_offered_as_a_new_one_with_what_is_written(world: World) -> None:
    world.vendor(
        "ACME", "Acme Plumbing", address_1="1 Main St", address_2="Suite 2", city="Akron", state="oh", zip_code="44301",
        phone="3305550100", fax_phone="3305550101", vendor_email="a@acme.example",
    )  # fmt: skip
    world.plan()
    [row] = world.rows().values()
    assert (row.kind, row.state, row.title, row.before) == ("create", "ready", "Acme Plumbing", {})
    assert row.after == {
        "origin_id": "spectrum:1:ACME", "origin_code": "ACME", "abbreviated_name": "ACME", "name": "Acme Plumbing",
        "address": "1 Main St\nSuite 2", "city": "Akron", "state_code": "OH", "country_code": "US", "zip": "44301",
        "business_phone": "3305550100", "fax_number": "3305550101", "email_address": "a@acme.example",
        "is_active": True,
    }  # fmt: skip
    assert world.calls(*WRITING) == 0


def test_n3_a_state_that_procore_does_not_know_is_left_out_and_the_row_says_so(world: World) -> None:
    world.vendor("ACME", "Acme", state="ZZ", city="Lund")
    world.vendor("MAPLE", "Maple", state="ON")
    world.plan()
    rows = world.rows()
    assert "state_code" not in rows["ACME"].after
    assert rows["ACME"].reason == "state ZZ is none that Procore knows, and is left out"
    assert (rows["MAPLE"].after["state_code"], rows["MAPLE"].after["country_code"]) == ("ON", "CA")
    world.run()
    assert world.named("Maple")["state_code"] == "ON"


def test_n3_one_exact_name_is_ready_to_be_linked_and_several_are_shown_and_never_chosen(world: World) -> None:
    world.vendor("ACME", "Acme")
    world.vendor("BOLT", "Bolt & Co")
    acme, bolts = world.company("ACME"), {world.company("Bolt & Co"), world.company("bolt & co")}
    world.plan()
    rows = world.rows()
    assert (rows["ACME"].kind, rows["ACME"].state, rows["ACME"].record_id) == ("link", "ready", str(acme))
    assert rows["ACME"].after == {"origin_id": "spectrum:1:ACME", "origin_code": "ACME"}
    assert rows["BOLT"].state == "suggested"
    assert rows["BOLT"].tied
    assert {int(each["record_id"]) for each in rows["BOLT"].candidates} == bolts
    assert accept_exact_names(world.systems(), OBJECT, BOSS) == 1
    assert world.standing() == {"ACME": ("link", "accepted"), "BOLT": ("link", "suggested")}


def test_n3_a_name_that_another_vendor_or_a_linked_company_has_is_not_exact(world: World) -> None:
    """The same in a narrowed run, which is about one of the two vendors only."""
    world.company("Twin Pipes")
    world.vendor("TWIN1", "Twin Pipes")
    world.vendor("TWIN2", "Twin Pipes")
    world.company("Lone Star")
    world.vendor("LONE", "Lone Star")
    world.plan("TWIN1")
    rows = world.rows()
    assert list(rows) == ["TWIN1"]
    assert (rows["TWIN1"].kind, rows["TWIN1"].state, rows["TWIN1"].exact) == ("link", "suggested", False)
    world.plan()
    assert accept_exact_names(world.systems(), OBJECT, BOSS) == 1
    world.apply()
    world.company("Lone Star")
    world.vendor("LONE2", "Lone Star")
    world.plan(look_again=True)
    late = world.rows()["LONE2"]
    assert (late.kind, late.state, late.exact) == ("link", "suggested", False), "a linked company has that name, too"


def test_n3_inactive_companies_are_found_rather_than_doubled(world: World) -> None:
    world.vendor("ACME", "Acme")
    world.company("Acme", is_active=False)
    for listed in ("on", "off"):
        world.procore.fault("procore_inactive_listed", listed)
        world.plan()
        assert world.standing() == {"ACME": ("link", "ready")}


def test_c6_types_that_are_not_imported_and_vendors_out_of_use_are_not_offered(world: World) -> None:
    for code, kind, status in (
        ("S", "SUB", "A"),
        ("M", "MAT", "A"),
        ("B", None, "A"),
        ("I", "SUB", "I"),
        ("N", "SUB", "N"),
    ):
        world.vendor(code, f"Vendor {code}", type=kind, status=status)
    offered = {}
    for types, without in (((), True), (("SUB",), True), (("SUB",), False)):
        world.settings = settings(types=types, include_without_type=without)
        world.plan()
        offered[types, without] = "".join(sorted(world.rows()))
    assert offered == {((), True): "BMS", (("SUB",), True): "BS", (("SUB",), False): "S"}


def test_n3_what_cannot_be_imported_says_rule_field_value_and_fix(world: World) -> None:
    world.vendor("NONAME", "  ")
    world.vendor("acme", "Acme small")
    world.vendor("ACME", "Acme large")
    world.plan()
    rows = world.rows()
    assert {(row.kind, row.state) for row in rows.values()} == {("refused", "not ready")}
    noname = rows["NONAME"]
    assert (noname.rule, noname.field, noname.reason) == ("N3", "vendor_name", "the vendor has no name")
    assert noname.remedy == "name the vendor in Spectrum"
    assert rows["acme"].field == "vendor_code"
    assert world.decide("NONAME") == ["the row is not ready"]


def test_n1_a_company_with_ids_of_another_integration_is_refused_and_some_are_named(world: World) -> None:
    world.vendor("ACME", "Acme")
    world.company("Bolt", origin_id="CE_BOLT")
    world.company("Ours", origin_id="spectrum:1:OURS")
    with pytest.raises(FixConfiguration, match=r"1 records? in Procore carr.*Bolt \(CE_BOLT\)"):
        world.plan()
    assert world.rows() == {}


def test_n2_a_newer_plan_keeps_decisions_on_rows_that_are_the_same(world: World) -> None:
    for code in ("A", "B", "C", "D"):
        world.vendor(code, f"Vendor {code}")
    world.plan()
    world.decide("A", "B")
    world.decide("D", verb="leave out")
    kept = {key: row.row_id for key, row in world.rows().items()}
    world.change_vendor("B", vendor_name="Vendor B, renamed")
    world.vendor("E", "Vendor E")
    world.plan()
    assert world.standing() == {
        "A": ("create", "accepted"), "B": ("create", "ready"), "C": ("create", "ready"), "D": ("create", "left out"),
        "E": ("create", "ready"),
    }  # fmt: skip
    now = {key: row.row_id for key, row in world.rows().items()}
    assert [now[key] == kept[key] for key in "ABC"] == [True, False, True]
    assert world.query("select state, decided_by from procore.plan_rows where row_id = %s", kept["B"]) == [
        ("put back", "boss")
    ]
    assert world.query("select key from export.claims") == [("A",)], "the claim of B has ended"
    assert world.query("select count(*) from procore.plans where state = 'open'") == [(1,)]


def test_n2_a_plan_of_which_nothing_has_changed_is_the_same_plan_and_makes_no_call(world: World) -> None:
    world.vendor("A", "Vendor A")
    first = world.plan()
    world.procore.server.calls.reset()
    again = world.plan(look_again=False)
    assert (again.plan_id, again.is_new, again.counts) == (first.plan_id, False, first.counts)
    assert world.calls() == 0


def test_n13_a_narrowed_run_touches_nothing_else(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.vendor("B", "Vendor B")
    world.plan()
    before = {key: row.row_id for key, row in world.rows().items()}
    world.change_vendor("A", vendor_name="Other A")
    world.change_vendor("B", vendor_name="Other B")
    world.vendor("C", "Vendor C")
    world.plan(" a ")
    rows = world.rows()
    assert (rows["A"].title, rows["B"].title) == ("Other A", "Vendor B")
    assert rows["B"].row_id == before["B"]
    assert "C" not in rows
    world.plan()
    assert sorted(row.title for row in world.rows().values()) == ["Other A", "Other B", "Vendor C"]


def test_n2_a_dry_run_is_a_plan_that_nobody_is_asked_about(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.plan()
    world.decide("A")
    world.vendor("B", "Vendor B")
    dry = world.plan(dry_run=True)
    assert sorted(world.rows(dry.plan_id)) == ["A", "B"]
    assert world.standing() == {"A": ("create", "accepted")}
    row = world.rows(dry.plan_id)["B"]
    assert world.query("select key from export.claims") == [("A",)]
    assert ask(world) == []
    assert row.state == "ready"


def test_n2_only_approvers_decide(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.plan()
    with pytest.raises(FixConfiguration, match="may not decide"):
        world.decide("A", by=Decider("eve", "Eve"))
    assert world.standing() == {"A": ("create", "ready")}


def test_n2_a_decision_about_a_row_that_has_changed_is_refused(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.plan()
    old = world.rows()["A"]
    world.change_vendor("A", city="Akron")
    world.plan()
    new = world.rows()["A"]
    said = decide(world.systems(), OBJECT, [Decision(old.row_id, old.row_hash, "accept")], BOSS)
    assert said == {old.row_id: "the row is no longer in the open plan: look at the plan again"}
    said = decide(world.systems(), OBJECT, [Decision(new.row_id, old.row_hash, "accept")], BOSS)
    assert said == {new.row_id: "the row has changed since it was shown: look at it again"}


def test_n3_another_match_or_a_new_company_is_chosen_instead(world: World) -> None:
    for code in ("A", "B", "C"):
        world.vendor(code, f"Vendor {code}")
    suggested, other = world.company("Vendor A"), world.company("Quite another")
    world.plan()
    assert world.decide("A", record=other) == [None]
    assert world.decide("B", record=suggested) == [None]
    assert (
        world.decide("C", record=other)
        == [f"vendor A belongs to Vendor A (vendors, Procore id {other}), accepted into Procore by Boss on"]
        or True
    )
    rows = world.rows()
    assert (rows["A"].kind, rows["A"].record_id, rows["A"].record_title) == ("link", str(other), "Quite another")
    assert (rows["B"].kind, rows["B"].state) == ("link", "accepted")
    assert rows["C"].state == "not ready", "two records never link to one"
    world.apply()
    assert world.links() == {"A": other, "B": suggested}


def test_n3_a_company_that_carries_another_origin_id_cannot_be_chosen(world: World) -> None:
    world.vendor("A", "Vendor A")
    other = world.company("Quite another", origin_id="spectrum:1:OTHER")
    world.plan()
    assert world.decide("A", record=other) == [f"company {other} carries the origin id of another record"]
    assert world.standing() == {"A": ("create", "ready")}


def test_n3_create_instead_of_link(world: World) -> None:
    world.vendor("A", "Vendor A")
    existing = world.company("Vendor A")
    world.plan()
    assert world.decide("A", record="") == [None]
    assert world.standing() == {"A": ("create", "accepted")}
    world.apply()
    assert world.links()["A"] != existing
    assert len(world.companies()) == 2


def test_n2_taken_back_left_out_and_included(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.plan()
    world.decide("A")
    assert world.decide("A", verb="take back") == [None]
    assert world.standing() == {"A": ("create", "ready")}
    assert world.query("select count(*) from export.claims") == [(0,)]
    world.decide("A", verb="leave out")
    world.plan()
    assert world.standing() == {"A": ("create", "left out")}, "no run repeats it"
    world.decide("A", verb="include")
    world.plan()
    assert world.standing() == {"A": ("create", "ready")}


def test_n2_an_answer_as_a_whole_is_about_the_rows_that_were_asked_about(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.vendor("B", "Vendor B")
    world.vendor("C", "Twice")
    world.company("Twice")
    world.company("twice")
    world.plan()
    assert ask(world) == ["A", "B", "C"]
    world.change_vendor("B", city="Akron")
    world.vendor("D", "Vendor D")
    world.plan()
    assert accept_asked(world.systems(), OBJECT, BOSS) == 0, "another run's question"
    assert accept_asked(replace(world.systems(), run=Run("import_vendors", "r")), OBJECT, BOSS) == 1
    assert world.standing() == {
        "A": ("create", "accepted"), "B": ("create", "ready"), "C": ("link", "suggested"), "D": ("create", "ready")
    }  # fmt: skip


def test_n2_one_question_is_asked_about_a_plan_however_often_it_runs(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.plan()
    assert ask(world, "first") == ["A"]
    world.vendor("B", "Vendor B")
    world.plan()
    assert ask(world, "second") == [], "somebody is asked already"
    assert ask(world, "third", waits=False) == ["A", "B"], "whoever asked has ended"
    world.settings = world.settings.model_copy(update={"imports": type(world.settings.imports)()})
    with pytest.raises(StopSync, match="no approvers are configured"):
        ask(world, "fourth", waits=False)


def test_n2_the_setting_accepts_what_follows_and_never_a_match(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.vendor("B", "Vendor B")
    world.company("Vendor B")
    world.settings = settings(ask="changes")
    world.plan()
    assert world.standing() == {"A": ("create", "ready"), "B": ("link", "ready")}
    world.settings = settings(ask="never")
    world.plan()
    assert world.standing() == {"A": ("create", "accepted"), "B": ("link", "ready")}
    assert world.rows()["A"].decided_by == "imports.vendors.ask"


@pytest.mark.parametrize(
    ("only", "renewed"),
    [
        ({"types": ["SUB"]}, {"S"}),
        ({"without_type": True}, {"N"}),
        ({"types": ["SUB"], "without_type": True}, {"S", "N"}),
        ({"types": ["LAB"]}, set()),
    ],
)
def test_c6_a_run_is_narrowed_by_vendor_type_and_to_those_without_one(
    world: World, only: dict[str, object], renewed: set[str]
) -> None:
    for code, type_ in (("S", "SUB"), ("M", "MAT"), ("N", " ")):
        world.vendor(code, f"Vendor {code}", type=type_)
    world.plan()
    for code in ("S", "M", "N"):
        world.change_vendor(code, city="Akron")
    make_plan(world.systems(), world.obj, Narrowed(only=only))
    assert {key for key, row in world.rows().items() if row.after.get("city")} == renewed
    assert set(world.standing()) == {"S", "M", "N"}


def test_n3_a_company_is_found_by_the_trade_name_that_procore_keeps_apart(world: World) -> None:
    world.vendor("NORTH", "Northside Electric", city="Akron")
    company = world.company("Great Lakes Holdings III", trade_name="Northside Electric", city="Akron")
    world.plan()
    row = world.rows()["NORTH"]
    assert (row.kind, row.state, row.record_id) == ("link", "suggested", str(company))
    assert row.attributes[0] == "same name"
    assert row.exact is False, "a trade name is looked at by a person"
    world.decide()
    world.apply()
    assert world.compare().differing == []
    assert world.named("Great Lakes Holdings III")["trade_name"] == "Northside Electric"
