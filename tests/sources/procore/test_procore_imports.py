"""What imports read and write, against the stand-in Procore over HTTP: companies, projects, what they are made from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from spectrum_etl.sources.faults import NotAllowed, NotFound, NotSent, OutcomeUnknown, Refused
from spectrum_etl.sources.procore import directory, portfolio, resources
from spectrum_etl.sources.procore.directory import CompanyUpdate
from stack.postgres import EmbeddedPostgres
from tests.sources.procore.standin import StandIn, standing_in

SYNC = "PATCH /rest/v1.0/vendors/sync"


@pytest.fixture(scope="module")
def shared(postgres: EmbeddedPostgres) -> Iterator[StandIn]:
    url = postgres.create_database("procore_imports")
    with standing_in(url) as made:
        yield made
    postgres.drop_database("procore_imports")


@pytest.fixture
def procore(shared: StandIn) -> StandIn:
    """The shared stand-in without faults and limits, its call log empty."""
    shared.server.switches.clear()
    for name in ("procore_hourly_limit", "procore_spike_limit"):
        shared.fault(name, "0")
    shared.server.calls.reset()
    shared.waits.clear()
    return shared


def vendors(tag: str, count: int) -> list[CompanyUpdate]:
    return [
        {"origin_id": f"spectrum:1:{tag}{n}", "origin_code": f"{tag}{n}", "name": f"{tag} {n}", "state_code": "OH"}
        for n in range(count)
    ]


def by_origin(procore: StandIn, tag: str) -> dict[str, str]:
    """Names by origin id of the companies that there are."""
    found = directory.companies(procore.client)
    return {
        each["origin_id"]: each["name"] for each in found if (each["origin_id"] or "").startswith(f"spectrum:1:{tag}")
    }


def test_n3_companies_are_created_linked_changed_and_left_alone(procore: StandIn) -> None:
    made = [row.entity for row in directory.sync_companies(procore.client, vendors("A", 2))]
    assert [each and each["origin_code"] for each in made] == ["A0", "A1"]
    existing = procore.client.post(
        "/rest/v1.0/vendors", {"company_id": 4001, "vendor": {"name": "Acme, Inc.", "city": "Dayton"}}
    )
    link: CompanyUpdate = {"id": existing["id"], "origin_id": "spectrum:1:ACME", "origin_code": "ACME"}
    (row,) = directory.sync_companies(procore.client, [link])
    assert row.entity is not None
    assert (row.entity["name"], row.entity["city"], row.entity["origin_code"]) == ("Acme, Inc.", "Dayton", "ACME")
    assert [each["id"] for each in directory.companies_by_origin(procore.client, "spectrum:1:ACME")] == [existing["id"]]
    assert directory.companies_by_origin(procore.client, "spectrum:1:acme") == []
    back: CompanyUpdate = {"id": existing["id"], "origin_id": None, "origin_code": None}
    (undone,) = directory.sync_companies(procore.client, [back])
    assert undone.entity is not None
    assert undone.entity["synced_to_erp"] is False


def test_n3_each_row_is_refused_for_itself(procore: StandIn) -> None:
    given = vendors("B", 3)
    given[1]["state_code"] = "Ohio"
    given.append({"id": 17, "origin_id": "spectrum:1:BGONE"})
    found = list(directory.sync_companies(procore.client, given))
    assert [type(row.fault) for row in found] == [type(None), Refused, type(None), NotFound]
    assert found[1].fault is not None
    assert [each.field for each in found[1].fault.fields] == ["state_code"]
    procore.fault("procore_multi_status")
    assert [type(row.fault) for row in directory.sync_companies(procore.client, given)][1] is Refused


@pytest.mark.parametrize(
    ("fault", "value", "count"),
    [
        ("procore_lost_answer", None, 2),
        ("procore_500_after", None, 2),
        ("procore_sync_stops", "3", 2),
        ("procore_random_400", None, 1),
        ("procore_500", None, 1),
        ("procore_503", "1", 1),
        ("procore_rate_limit", "1", 1),
        ("procore_most_updates", "4", None),
        ("procore_token_expired", None, 1),
    ],
)
def test_n11_each_company_is_there_once_whatever_happens(
    procore: StandIn, fault: str, value: str | None, count: int | None
) -> None:
    tag = f"C{fault.replace('procore', '').replace('_', '')}X"
    procore.fault(fault, value, count)
    found = list(directory.sync_companies(procore.client, vendors(tag, 30)))
    assert [row.fault for row in found] == [None] * 30
    procore.server.switches.clear(fault)
    assert len(by_origin(procore, tag)) == 30
    calls = len(procore.calls(SYNC))
    assert calls > 1, "the fault struck"


def test_n11_what_stays_unknown_says_so_and_a_second_run_ends_it(procore: StandIn) -> None:
    procore.fault("procore_sync_stops", "30")
    given = vendors("D", 120)
    found = list(directory.sync_companies(procore.client, given))
    assert [row.fault for row in found[:30]] == [None] * 30, "halved until a call is over in time"
    procore.fault("procore_sync_stops", "10")
    late = list(directory.sync_companies(procore.client, vendors("E", 50)))
    assert {type(row.fault) for row in late[:25]} == {OutcomeUnknown}
    assert {type(row.fault) for row in late[25:]} == {NotSent}
    assert len(by_origin(procore, "E")) == 10
    procore.server.switches.clear("procore_sync_stops")
    again = list(directory.sync_companies(procore.client, vendors("E", 50)))
    assert all(row.entity for row in again)
    assert len(by_origin(procore, "E")) == 50


@pytest.mark.parametrize("listed", ["on", "off"])
def test_n3_inactive_companies_are_found_either_way_and_reactivated(procore: StandIn, listed: str) -> None:
    tag = f"F{listed}"
    (made,) = [
        row.entity for row in directory.sync_companies(procore.client, [{**vendors(tag, 1)[0], "is_active": False}])
    ]
    assert made is not None
    procore.fault("procore_inactive_listed", listed)
    procore.fault("procore_inactive_writable", "off")
    found = [each for each in directory.companies(procore.client) if each["id"] == made["id"]]
    assert [each["is_active"] for each in found] == [False]
    (row,) = directory.sync_companies(procore.client, [{"id": made["id"], "city": "Dayton"}])
    assert isinstance(row.fault, NotFound)
    procore.fault("procore_lost_answer", count=1)
    assert directory.reactivate_company(procore.client, made["id"])["is_active"] is True
    assert len(procore.calls("PATCH /rest/v1.0/companies")) == 2, "the first answer was lost"
    assert directory.reactivate_company(procore.client, made["id"])["is_active"] is True, "it was already"
    with pytest.raises(NotFound):
        directory.reactivate_company(procore.client, 17)


def test_changed_companies_are_those_of_the_window(procore: StandIn) -> None:
    list(directory.sync_companies(procore.client, vendors("G", 2)))
    now = datetime.now(UTC)
    changed = {
        each["origin_id"] for each in directory.changed_companies(procore.client, now, now + timedelta(minutes=1))
    }
    assert {"spectrum:1:G0", "spectrum:1:G1"} <= changed
    ago = now - timedelta(days=300)
    assert list(directory.changed_companies(procore.client, ago, ago + timedelta(days=1))) == []


def test_required_fields_are_asked_for_only_where_the_setting_says(procore: StandIn) -> None:
    procore.fault("procore_required_field", "vendor.license_number")
    procore.fault("procore_validates", "on")
    given = vendors("H", 1)
    assert [row.fault for row in directory.sync_companies(procore.client, given)] == [None]
    (asked,) = directory.sync_companies(procore.client, vendors("I", 1), run_validations=True)
    assert isinstance(asked.fault, Refused)
    assert [each.field for each in asked.fault.fields] == ["license_number"]


def test_without_the_directory_nothing_is_written(procore: StandIn) -> None:
    procore.fault("procore_access", "directory=read_only")
    assert portfolio.access_levels(procore.client)["directory"] == "read_only"
    with pytest.raises(NotAllowed):
        list(directory.sync_companies(procore.client, vendors("J", 1)))
    assert by_origin(procore, "J") == {}


def test_n5_a_project_is_created_waits_for_permission_and_is_never_doubled(procore: StandIn) -> None:
    procore.fault("procore_lost_answer", count=1)
    new: portfolio.NewProject = {
        "name": "Clinic",
        "project_number": "26-101",
        "origin_id": "spectrum:1:26-101",
        "origin_code": "26-101",
        "project_template_id": procore.template,
        "start_date": "2026-09-01",
    }
    with pytest.raises(OutcomeUnknown):
        portfolio.create_project(procore.client, new)
    assert portfolio.projects_by_origin(procore.client, "spectrum:1:26-101") == [], "it is there, and not to be seen"
    with pytest.raises(Refused) as again:
        portfolio.create_project(procore.client, new)
    assert [each.field for each in again.value.fields] == ["origin_id"]
    project = _hidden_project(procore)
    assert portfolio.may_see(procore.client, project) is False
    procore.fault("procore_unseen", "404")
    assert portfolio.may_see(procore.client, project) is False
    procore.change(project, permitted=True)
    assert portfolio.may_see(procore.client, project) is True
    (found,) = portfolio.projects_by_origin(procore.client, "spectrum:1:26-101")
    assert (found["id"], found["origin_code"], found["start_date"]) == (project, "26-101", "2026-09-01")
    tools = {each["engine_name"]: each["is_active"] for each in portfolio.project_tools(procore.client, project)}
    assert (tools["direct_costs"], tools["budget"]) == (False, True)


def _hidden_project(procore: StandIn) -> int:
    with psycopg.connect(procore.url) as connection:
        rows = connection.execute("SELECT id FROM procore.records WHERE origin_id = 'spectrum:1:26-101'").fetchall()
    assert len(rows) == 1
    return int(rows[0][0])


def test_n5_a_list_of_projects_has_inactive_ones_and_those_that_share_a_number(procore: StandIn) -> None:
    procore.fault("procore_new_projects", "permitted")
    made = [
        portfolio.create_project(procore.client, {"name": name, "project_number": number})
        for name, number in (("One", "26-200"), ("Two", "26-200"), ("Other", "26-2000"))
    ]
    portfolio.change_project(procore.client, made[1]["id"], {"active": False})
    assert {each["id"] for each in made} <= {each["id"] for each in portfolio.all_projects(procore.client)}
    now = datetime.now(UTC)
    changed = portfolio.changed_projects(procore.client, now, now + timedelta(minutes=1))
    assert {each["id"] for each in made} <= {each["id"] for each in changed}


def test_n5_list_template_and_codes_go_where_each_call_takes_them(procore: StandIn) -> None:
    procore.fault("procore_new_projects", "permitted")
    made = portfolio.create_project(
        procore.client,
        {"name": "By template", "origin_id": "spectrum:1:26-300", "project_template_id": procore.template},
    )
    project = made["id"]
    changed = portfolio.change_project(
        procore.client, project, {"origin_code": "26-300", "standard_cost_code_list_id": procore.erp_list}
    )
    assert (changed["origin_code"], changed["standard_cost_code_list_id"]) == ("26-300", procore.erp_list)
    assert set(portfolio.access_levels(procore.client, project).values()) == {"admin"}
    undone = portfolio.change_project(
        procore.client, project, {"active": False, "origin_id": None, "origin_code": None}
    )
    assert (undone["active"], undone["origin_id"]) == (False, None)
    assert resources.project(procore.client, project)["is_erp_integrated"] is False
