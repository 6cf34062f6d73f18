"""N1, N12, B4: `check_connections` says whose ids a Procore company carries, and what the service account may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

import psycopg
import pytest
from connections_world import COMPANY, World, settings

from spectrum_etl.connections.procore import check_procore
from spectrum_etl.connections.procore_company import Known
from spectrum_etl.connections.record import record
from spectrum_etl.connections.result import Checked, Finding
from spectrum_etl.errors import RetryLater
from spectrum_etl.page.reads import Warehouse
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.templates import render

Told = Mapping[int, Mapping[tuple[str, str], str]]
#: It ran Procore's own connector for years.
TAKEN_OVER = COMPANY.model_copy(update={"procore_company_id": 4801})
OURS, FOREIGN = "origin_id like '1:%%' or origin_id like 'spectrum:1:%%'", "origin_id !~ '^(spectrum:)?1:'"


def _learned(world: World, company: Any = COMPANY, **known: Any) -> Checked:
    found = check_procore(company, world.procore, Known(("1",), **known))
    assert found.status == "Connected", "what is found does not make the connection one that cannot be used"
    return found


def _facts(world: World, company: Any = COMPANY, linked: Mapping[str, str] | None = None) -> dict[tuple[str, str], str]:
    found = _learned(world, company, linked=linked or {})
    return {(fact.subject, fact.item): fact.fact for fact in found.facts}


def _findings(world: World, company: Any = COMPANY, **known: Any) -> dict[tuple[str, str], Finding]:
    found = _learned(world, company, **known).findings or ()
    assert all(finding.remedy and finding.affects and finding.detail for finding in found), "each says what to do"
    return {(finding.subject, finding.item): finding for finding in found}


@pytest.fixture(scope="module")
def told(shared_world: World) -> Told:
    """What a check learns of both companies, by their Procore ids."""
    shared_world.without_faults()
    return {int(str(each.procore_company_id)): _facts(shared_world, each) for each in (COMPANY, TAKEN_OVER)}


def _count(world: World, company: int, kind: str, condition: str = "true") -> int:
    with psycopg.connect(world.database) as connection:
        row = connection.execute(
            "select count(*) from procore.records where company_id = %s and kind = %s and deleted_at is null"  # type: ignore[arg-type]  # noqa: S608
            f" and ({condition})",
            [company, kind],
        ).fetchone()
    assert row is not None
    return int(row[0])


def _permit(world: World, projects: list[str], permitted: bool) -> None:
    with psycopg.connect(world.database) as connection:
        connection.execute(
            "update procore.records set fields = fields || jsonb_build_object('permitted', %s::boolean)"
            " where id = any(%s::bigint[])",
            [permitted, projects],
        )


@pytest.mark.parametrize("number", [4001, 4801])
@pytest.mark.parametrize(("subject", "kind"), [("companies", "vendor"), ("projects", "project")])
def test_n12_origin_ids_are_counted_by_whose_they_are(
    world: World, told: Told, number: int, subject: str, kind: str
) -> None:
    """Inactive ones, too; of projects those that the account may see."""
    may_see = "true" if kind == "vendor" else "(fields->>'permitted')::boolean"
    ours, foreign, none = (
        _count(world, number, kind, f"({condition}) and {may_see}")
        for condition in (OURS, FOREIGN, "origin_id is null")
    )
    said = told[number][subject, "origin ids"]
    assert said.startswith(f"{ours} ours, {foreign} of another integration")
    assert f", {none} without one" in said
    assert ours if number == 4001 else foreign


def test_n12_some_with_a_foreign_id_are_named_and_what_is_assumed_is_called_so(world: World, told: Told) -> None:
    found = told[4801]
    for subject in ("companies", "projects", "standard cost codes", "cost types", "cost codes", "prime contracts"):
        said = found[subject, "origin ids"]
        assert "(id " in said, subject
        asked = "" if subject in {"companies", "projects", "standard cost codes"} else "in 3 of 4 projects: "
        assert said.startswith(f"{asked}0 ours, "), said
    with psycopg.connect(world.database) as connection:
        names = connection.execute(
            "select fields->>'name' from procore.records"
            " where company_id = 4801 and kind = 'vendor' and origin_id is not null"
        ).fetchall()
    assert sum(f"{name} (id " in found["companies", "origin ids"] for (name,) in names) >= 3


def test_n1_projects_that_are_integrated_with_an_erp_system_are_counted(world: World, told: Told) -> None:
    for number, facts in told.items():
        seen = "(fields->>'permitted')::boolean"
        on = _count(world, number, "project", f"(fields->>'erp_integrated')::boolean and {seen}")
        all_seen = _count(world, number, "project", seen)
        said = facts["projects", "ERP integration"]
        assert said.startswith(f"is_erp_integrated is on for {on} of {all_seen} projects")


def test_n1_the_list_need_not_show_whether_a_project_is_integrated(
    world: World, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(client: Any) -> Any:  # version 1.0 does not show it
        return client.pages("/rest/v1.0/projects", {"company_id": client.company_id, "filters[by_status]": "All"})

    monkeypatch.setattr("spectrum_etl.sources.procore.portfolio.all_projects", without)
    assert _facts(world, TAKEN_OVER)["projects", "ERP integration"] == told[4801]["projects", "ERP integration"]


def test_n1_rights_are_told_per_tool_with_what_is_too_low(world: World, told: Told) -> None:
    found = told[4001]
    assert "directory admin" in found["company", "rights"]
    assert not [key for key, finding in _findings(world).items() if finding.difference == "grant"]
    world.faults.set("procore_access", "directory=read_only,budget=read_only")
    assert "directory read_only" in _facts(world)["company", "rights"]
    low = {key: finding for key, finding in _findings(world).items() if finding.difference == "grant"}
    assert set(low) == {("company", "directory"), ("projects", "budget")}
    assert "read_only; admin is needed" in low["company", "directory"].detail
    assert low["projects", "budget"].detail.endswith("standard is needed (assumed)")


def test_n1_what_may_not_be_read_is_not_known_and_the_rest_is(world: World) -> None:
    world.faults.set("procore_access", "prime_contracts=none")
    found = _facts(world)
    assert found["prime contracts", "origin ids"].startswith("not known: ")
    assert "ours" in found["companies", "origin ids"]
    assert "prime_contracts none" in found["projects", "rights"]
    assert _findings(world)["projects", "prime_contracts"].difference == "grant"


@pytest.mark.parametrize("status", ["403", "404"])
def test_n1_linked_projects_that_the_account_does_not_see_are_named(world: World, status: str) -> None:
    world.faults.set("procore_unseen", status)
    with psycopg.connect(world.database) as connection:
        projects = connection.execute(
            "select id::text from procore.records where company_id = 4801 and kind = 'project' order by 1"
        ).fetchall()
    linked = {record: f"24-{place}" for place, (record,) in enumerate(projects)}
    first, second, *_ = linked
    assert _facts(world, TAKEN_OVER, linked)["projects", "not visible"].startswith(
        f"0 of {len(linked)} linked projects"
    )
    _permit(world, [first, second], False)
    try:
        told = _facts(world, TAKEN_OVER, linked)["projects", "not visible"]
        finding = _findings(world, TAKEN_OVER, linked=linked)["projects", "not visible"]
    finally:
        _permit(world, [first, second], True)
    named = f"2 of {len(linked)} linked projects (job 24-0 (id {first}), job 24-1 (id {second}))"
    assert told.startswith(named)
    assert (finding.difference, finding.stops) == ("permit", False), "the others go on"
    assert named in finding.detail
    assert f"{len(linked) - 2} projects are visible" in told
    if status == "403":
        told = _facts(world, TAKEN_OVER, linked)["projects", "not visible"]
        assert told.startswith(f"0 of {len(linked)} linked projects")


def test_b4_custom_segments_are_named_and_are_something_to_do(world: World, told: Told) -> None:
    assert told[4001]["company", "custom segments"] == "Zone"
    assert told[4801]["company", "custom segments"] == "none"
    finding = _findings(world)["company", "custom segments"]
    assert (finding.difference, finding.stops, "Zone" in finding.detail) == ("leave out", False, True)
    assert ("company", "custom segments") not in _findings(world, TAKEN_OVER)


def test_n12_ids_of_another_integration_are_red_where_they_stop_an_import_that_is_in_use(world: World) -> None:
    """Of companies and projects; those of codes and contracts are something to do, and stop no import."""
    for in_use, stopped in ((), set()), (("vendors",), {"companies"}), (("vendors", "jobs"), {"companies", "projects"}):
        found = _findings(world, TAKEN_OVER, in_use=frozenset(in_use))
        others = {key: finding for key, finding in found.items() if finding.difference == "take over"}
        assert {subject for (subject, _), finding in others.items() if finding.stops} == stopped
        assert {"companies", "projects", "standard cost codes", "cost types", "cost codes", "prime contracts"} <= {
            subject for subject, _ in others
        }
    ours = [finding for finding in _findings(world, in_use=frozenset({"vendors", "jobs"})).values() if finding.stops]
    assert ours == [], "ids of ours stop nothing"


def test_a1_ids_of_another_spectrum_company_of_the_same_procore_company_are_ours(world: World) -> None:
    with psycopg.connect(world.database) as connection:
        [row] = connection.execute(
            "select id, origin_id from procore.records where company_id = 4001 and kind = 'vendor'"
            " and origin_id is null and deleted_at is null limit 1"
        ).fetchall()
        connection.execute("update procore.records set origin_id = 'spectrum:2:ACME' where id = %s", [row[0]])
    try:
        assert ("companies", "origin ids") in _findings(world)
        both = check_procore(COMPANY, world.procore, Known(("1", "2"))).findings or ()
        assert ("companies", "take over") not in {(finding.subject, finding.difference) for finding in both}
    finally:
        with psycopg.connect(world.database) as connection:
            connection.execute("update procore.records set origin_id = null where id = %s", [row[0]])


@pytest.mark.parametrize("name", ["directory.companies", "portfolio.all_projects"])
def test_n1_a_check_reads_each_list_once(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    place, function = name.split(".")
    read, times = getattr(import_module(f"spectrum_etl.sources.procore.{place}"), function), []

    def counted(*arguments: Any) -> Any:
        times.append(1)
        return read(*arguments)

    monkeypatch.setattr(f"spectrum_etl.sources.procore.{name}", counted)
    _facts(world)
    assert len(times) == 1


def test_n1_a_right_that_is_too_low_stops_the_import_that_is_in_use(world: World) -> None:
    world.faults.set("procore_access", "directory=read_only")
    assert not _findings(world)["company", "directory"].stops
    assert _findings(world, in_use=frozenset({"vendors"}))["company", "directory"].stops


def test_after_a_passing_fault_the_rest_is_not_asked_and_the_connection_works(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: Any) -> Any:
        raise RetryLater("Procore is busy", object="projects", remedy="wait")

    monkeypatch.setattr("spectrum_etl.sources.procore.portfolio.all_projects", busy)
    found = _facts(world)
    assert "ours" in found["companies", "origin ids"]
    rest = {key: said for key, said in found.items() if key[0] != "probes" and key != ("companies", "origin ids")}
    assert set(rest.values()) == {"not known: Procore is busy"}


def test_what_was_learned_is_kept_until_the_next_check_that_can_ask(world: World, database: str) -> None:
    found = _learned(world, TAKEN_OVER, in_use=frozenset({"jobs"}))
    refused = check_procore(COMPANY, replace(world.procore, client_secret="another"))
    for checked in (found, found, refused):
        record(database, "Procore", "1", checked, settings(), "run")
        with connect(database) as connection:
            rows = connection.execute(
                "select subject, item, fact from sync.connection_facts where kind = 'Procore' order by 1, 2"
            ).fetchall()
        assert rows == sorted((fact.subject, fact.item, fact.fact) for fact in found.facts)
    with connect(database) as connection:
        shown = Warehouse(connection).rows("connection_facts", companies=["1"])
        [card] = Warehouse(connection).rows("checked_connections", companies=["1"])
        listed = Warehouse(connection).rows("connection_findings", companies=["1"])
        told = connection.execute(render("notify/open_findings.sql"), {"companies": ["1"]}).fetchall()
    assert {(row["kind"], row["subject"], row["item"]) for row in shown} == {
        ("Procore", fact.subject, fact.item) for fact in found.facts
    }
    assert (card["connected"], card["facts"]) == (False, len(found.facts)), "what the last check learned stays"
    findings = found.findings or ()
    assert (card["differences"], card["stopping"]) == (len(findings), 1)
    first = listed[0]
    stopping = next(finding.remedy for finding in findings if finding.stops)
    assert (first["subject"], first["stops"], first["remedy"]) == ("projects", True, stopping)
    assert len(listed) == len(told) == len(findings)
