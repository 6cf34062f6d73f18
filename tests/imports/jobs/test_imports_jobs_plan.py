"""N5, N13, B3, D1: what a plan of jobs offers, refuses and follows, against the stand-in over HTTP."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from spectrum_etl.imports.spec import Narrowed
from spectrum_etl.imports.steps.plan import make_plan
from spectrum_etl.links import claims
from spectrum_etl.links.claims import Owner
from spectrum_etl.links.keys import Key
from tests.imports.jobs.jobs_world import JobsWorld, settings


def test_n5_a_project_is_created_with_number_name_address_dates_and_template(world: JobsWorld) -> None:
    world.settings = settings(project_templates={"1": world.procore.template})
    world.job(
        "24-404", "Harbor Bridge", address_1="1 Main St", address_2="Pier 3", city="Akron", state="oh",
        zip_code="44301", start_date=date(2026, 3, 2), est_start_date=date(2026, 2, 1),
        est_complete_date=date(2027, 5, 1),
    )  # fmt: skip
    world.plan()
    assert world.standing() == {"24-404": ("create", "ready")}
    assert world.query("select planned_calls from procore.plans where state = 'open'") == [(2,)], "its list comes after"
    world.decide()
    world.apply()
    made = world.named("Harbor Bridge")
    assert (made["project_number"], made["origin_id"], made["origin_code"]) == ("24-404", "spectrum:1:24-404", "24-404")
    assert (made["address"], made["city"], made["state_code"]) == ("1 Main St, Pier 3", "Akron", "OH")
    assert (made["country_code"], made["zip"]) == ("US", "44301")
    assert (made["start_date"], made["completion_date"]) == ("2026-03-02", "2027-05-01")
    assert made["project_template_id"] == world.procore.template
    assert (world.compare().equal, world.compare().equal) == (1, 0)
    assert world.links() == {"24-404": made["id"]}
    world.plan()
    assert world.standing() == {}


def test_n5_days_that_procore_writes_as_midnights_are_the_same_days(world: JobsWorld) -> None:
    world.procore.fault("procore_days", "midnight")
    world.job("24-404", "Harbor Bridge", start_date=date(2026, 3, 2))
    world.run()


def test_n5_a_run_with_nothing_new_makes_no_call(world: JobsWorld) -> None:
    world.job("24-404", "Harbor Bridge")
    world.run()
    world.plan(look_again=False)
    world.procore.server.calls.reset()
    world.plan(look_again=False)
    world.apply()
    world.compare()
    assert world.calls() == 0


@pytest.mark.parametrize(
    ("options", "offered"),
    [
        ({}, {"A1", "A2", "A3"}),
        ({"statuses": ["A", "C"]}, {"A1", "A2", "A3", "C1"}),
        ({"divisions": ["10"]}, {"A1", "A3"}),
        ({"divisions": ["10"], "include_without_division": False}, {"A1"}),
        ({"started_from": "2026-01-01"}, {"A2", "A3"}),
        ({"started_from": "2026-01-01", "include_without_division": False}, {"A2"}),
    ],
)
def test_n13_jobs_are_offered_by_status_division_and_start(
    world: JobsWorld, options: dict[str, object], offered: set[str]
) -> None:
    world.settings = settings(**options)
    world.job("A1", "One", division="10", start_date=date(2025, 12, 31))
    world.job("A2", "Two", division="20", start_date=date(2026, 1, 1), est_start_date=date(2025, 1, 1))
    world.job("A3", "Three")
    world.job("C1", "Four", status_code="C")
    world.plan()
    assert set(world.standing()) == offered


@pytest.mark.parametrize(
    ("only", "renewed"),
    [
        ({"statuses": ["C"]}, {"C1"}),
        ({"divisions": ["20"]}, {"A2"}),
        ({"started_from": "2026-01-01"}, {"A2"}),
        ({"statuses": ["I"]}, set()),
        ({"without_division": True}, {"C1"}),
        ({"divisions": ["20"], "without_division": True}, {"A2", "C1"}),
    ],
)
def test_n13_a_narrowed_run_leaves_all_others_as_they_are(
    world: JobsWorld, only: dict[str, object], renewed: set[str]
) -> None:
    world.settings = settings(statuses=["A", "C"])
    world.job("A1", "One", division="10", start_date=date(2025, 12, 31))
    world.job("A2", "Two", division="20", start_date=date(2026, 1, 1))
    world.job("C1", "Three", status_code="C")
    world.plan()
    for number in ("A1", "A2", "C1"):
        world.change_job(number, city="Akron")
    make_plan(world.systems(), world.obj, Narrowed(only=only))
    assert {key for key, row in world.rows().items() if row.after.get("city")} == renewed
    assert set(world.standing()) == {"A1", "A2", "C1"}


def test_n13_a_run_may_be_told_another_template_and_an_accepted_row_keeps_it(world: JobsWorld) -> None:
    with psycopg.connect(world.procore.url, autocommit=True) as connection:
        made = connection.execute(
            "INSERT INTO procore.records (kind, company_id, fields) SELECT kind, company_id, fields"
            " FROM procore.records WHERE id = %s RETURNING id",
            [world.procore.template],
        ).fetchone()
    assert made is not None
    usual = settings(project_templates={"1": world.procore.template})
    for number, name in (("A", "One"), ("B", "Two")):
        world.job(number, name)
    told = world.obj.chosen(usual, usual.companies[0], {"project_template": made[0]})
    assert world.obj.chosen(usual, usual.companies[0], {"project_template": None}) == usual
    world.settings = told
    world.plan()
    assert {row.after["project_template_id"] for row in world.rows().values()} == {str(made[0])}
    world.decide("A")
    world.settings = usual
    world.plan()
    rows = world.rows()
    assert (rows["A"].state, rows["A"].after["project_template_id"]) == ("accepted", str(made[0]))
    assert (rows["B"].state, rows["B"].after["project_template_id"]) == ("ready", str(world.procore.template))
    assert world.apply().counts == {"applied": 1}
    assert world.named("One")["project_template_id"] == made[0]


def test_b3_a_sub_job_is_refused_with_the_reason_and_its_master_is_a_project_of_its_own(world: JobsWorld) -> None:
    world.job("M", "Master")
    world.job("S", "Sub", master_job="M")
    world.project("Sub", "S")
    world.plan()
    assert world.standing() == {"M": ("create", "ready"), "S": ("refused", "not ready")}
    row = world.rows()["S"]
    assert (row.rule, row.field, row.value) == ("B3", "master_job", "M")
    assert row.reason == "sub job of M: Procore has no sub jobs"
    assert row.remedy


def test_n5_a_job_without_a_name_is_refused(world: JobsWorld) -> None:
    world.job("A", "x")
    world.change_job("A", job_description=" ")
    world.plan()
    row = world.rows()["A"]
    assert (row.kind, row.rule, row.field, row.reason) == ("refused", "N5", "job_description", "the job has no name")


def test_d1_a_project_in_progress_is_offered_as_a_link_and_nothing_of_it_is_overwritten(world: JobsWorld) -> None:
    world.settings = settings(update=["name", "address", "dates"])
    world.job("24-404", "Harbor Bridge", city="Akron", start_date=date(2026, 3, 2))
    theirs = world.project(" HARBOR bridge", "24-404", city="Dayton", start_date="2025-11-03", active=False)
    world.plan()
    row = world.rows()["24-404"]
    assert (row.kind, row.state, row.exact, row.attributes) == ("link", "ready", True, ["same number", "same name"])
    assert row.after == {"origin_id": "spectrum:1:24-404", "origin_code": "24-404"}
    world.decide()
    world.apply()
    assert world.compare().differing == []
    [project] = world.companies()
    assert (project["id"], project["name"], project["city"]) == (theirs, " HARBOR bridge", "Dayton")
    assert (project["start_date"], project["active"]) == ("2025-11-03", False)
    world.plan()
    assert world.standing() == {}, "a difference that was there at the link is never overwritten"


@pytest.mark.parametrize(
    ("name", "number", "said"), [("Other", "24-404", "same number"), ("Harbor Bridge", "9", "same name")]
)
def test_n5_a_match_by_number_or_name_alone_is_a_suggestion_that_says_so(
    world: JobsWorld, name: str, number: str, said: str
) -> None:
    world.job("24-404", "Harbor Bridge")
    theirs = world.project(name, number)
    world.plan()
    row = world.rows()["24-404"]
    assert (row.kind, row.state, row.attributes) == ("link", "suggested", [said])
    assert row.record_id == str(theirs)


def test_n3_of_two_that_may_be_the_same_none_is_chosen(world: JobsWorld) -> None:
    world.job("24-404", "Harbor Bridge")
    both = {str(world.project("Other", "24-404")), str(world.project("Harbor Bridge", "9"))}
    world.plan()
    row = world.rows()["24-404"]
    assert (row.state, row.tied, {each["record_id"] for each in row.candidates}) == ("suggested", True, both)


def test_n4_a_linked_project_follows_only_what_the_setting_names_and_what_changed(world: JobsWorld) -> None:
    world.job("24-404", "Harbor Bridge", city="Akron", start_date=date(2026, 3, 2))
    world.run()
    world.change_job("24-404", city="Canton", start_date=date(2026, 4, 1), job_description="Harbor Bridge II")
    world.plan()
    assert world.standing() == {}, "off is honoured"
    world.settings = settings(update=["dates"])
    world.plan()
    row = world.rows()["24-404"]
    assert (row.kind, row.before, row.after) == ("update", {"start_date": "2026-03-02"}, {"start_date": "2026-04-01"})
    world.decide()
    world.apply()
    assert world.compare().differing == []
    project = world.named("Harbor Bridge")
    assert (project["start_date"], project["city"]) == ("2026-04-01", "Akron")


def test_a1_a_job_that_an_export_has_linked_is_linked_here_and_one_that_it_claims_waits(world: JobsWorld) -> None:
    world.job("24-404", "Harbor Bridge")
    world.job("24-405", "Mill Road")
    exported = world.project("Bridge of the harbor", "P-7", origin_id="1:24-404")
    claimed = world.project("Mill", "P-8")
    world.query(
        "insert into export.links (object_name, company_code, project_id, record_id, spectrum_key, how, linked_by)"
        " values ('jobs', '1', '', %s, '24-404', 'export', 'ann')", str(exported),
    )  # fmt: skip
    owner = Owner("jobs", "1", "", str(claimed), "Mill")
    with psycopg.connect(world.url, autocommit=True) as connection:
        now = connection.execute("select clock_timestamp()").fetchone()
        assert now is not None
        claims.claim(connection, owner, [Key("job", "24-405")], attempt_id=None, by="ann", by_name="Ann", at=now[0])  # type: ignore[arg-type]
    world.plan()
    assert world.standing() == {"24-405": ("waits", "not ready")}
    assert "Ann" in (world.rows()["24-405"].reason or "")
