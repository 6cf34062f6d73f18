"""The stand-in Procore's projects (procore-import.md 4): which action takes what, templates, permissions, turns."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from sandbox.procore.access import RateLimiter
from sandbox.procore.server import ProcoreServer
from tests.sandbox.procore.conftest import Raw

PROJECTS = "/rest/v1.0/projects"
SYNC = f"{PROJECTS}/sync"
LISTS = "/rest/v1.0/standard_cost_code_lists"

Found = Callable[..., dict[str, Any]]


@pytest.fixture
def found(raw: Raw, server: ProcoreServer) -> Found:
    """Creates a project that the account may see."""
    server.switches.set("procore_new_projects", "permitted")

    def create(name: str, **fields: Any) -> dict[str, Any]:
        answer = raw.call("POST", PROJECTS, {"company_id": 4001, "project": {"name": name, **fields}})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    return create


def _lists(raw: Raw) -> dict[str, int]:
    return {each["name"]: each["id"] for each in raw.get(LISTS, company_id=4001)}


def test_the_list_of_codes_is_set_by_patch_alone(raw: Raw, found: Found) -> None:
    lists = _lists(raw)
    spectrum, own = lists["Spectrum Standard Cost Codes"], lists["Standard Cost Codes 1995"]
    made = found("List by POST", standard_cost_code_list_id=spectrum)
    assert made["standard_cost_code_list_id"] == own, "what a new project has is the company's default"
    updates = {"company_id": 4001, "updates": [{"id": made["id"], "standard_cost_code_list_id": spectrum}]}
    assert raw.call("PATCH", SYNC, updates).json()["errors"] == []
    path = f"{PROJECTS}/{made['id']}"
    assert raw.get(path, company_id=4001)["standard_cost_code_list_id"] == own
    body = {"company_id": 4001, "project": {"standard_cost_code_list_id": spectrum}}
    assert raw.call("PATCH", path, body).json()["standard_cost_code_list_id"] == spectrum


def test_a_template_counts_at_creation_and_a_copy_of_the_list_not_beside_it(
    raw: Raw, server: ProcoreServer, found: Found
) -> None:
    templates = {each["name"]: each["id"] for each in raw.get("/rest/v1.0/project_templates", company_id=4001)}
    commercial, small = templates["Commercial (Spectrum codes)"], templates["Small works, no Direct Costs"]
    made = found("From template", project_template_id=commercial, enable_copy_of_standard_cost_codes=True)
    assert made["project_template"] == {"id": commercial, "name": "Commercial (Spectrum codes)"}
    codes = raw.all("/rest/v1.0/cost_codes", project_id=made["id"])
    assert len(codes) == 6
    assert all(code["standard_cost_code_id"] for code in codes)
    late = {"company_id": 4001, "project": {"project_template_id": small}}
    assert raw.call("PATCH", f"{PROJECTS}/{made['id']}", late).json()["from_project_template_id"] == commercial
    copied = found("Copies the default list", enable_copy_of_standard_cost_codes=True)
    full = {code["full_code"] for code in raw.all("/rest/v1.0/cost_codes", project_id=copied["id"])}
    assert full == {"01", "01-100", "01-200", "02", "02-100", "02-200"}
    assert raw.all("/rest/v1.0/cost_codes", project_id=found("Copies nothing")["id"]) == []
    quiet = found("Without Direct Costs", project_template_id=small)
    tools = {each["engine_name"]: each["is_active"] for each in raw.get(f"{PROJECTS}/{quiet['id']}/tools")}
    assert (tools["direct_costs"], tools["budget"]) == (False, True)
    active = raw.get(f"{PROJECTS}/{quiet['id']}/tools", **{"filters[is_active]": "true"})
    server.switches.set("procore_tools", "active")
    alone = raw.get(f"{PROJECTS}/{quiet['id']}/tools")
    server.switches.clear("procore_tools")
    assert [each["engine_name"] for each in alone] == [each["engine_name"] for each in active]
    assert {name for each in alone for name in each} == {"id", "engine_name", "title"}
    assert "direct_costs" not in {each["engine_name"] for each in active}
    refused = raw.call("POST", PROJECTS, {"company_id": 4001, "project": {"name": "X", "project_template_id": 17}})
    assert refused.json() == {"errors": {"project_template_id": ["must exist"]}}


def test_sync_takes_no_erp_flag_no_parent_and_no_origin_code(raw: Raw, server: ProcoreServer, found: Found) -> None:
    parent = found("Parent")
    update = {
        "name": "By sync",
        "origin_id": "spectrum:1:BYSYNC",
        "origin_code": "BYSYNC",
        "erp_integrated": True,
        "parent_job_id": parent["id"],
        "start_date": "2026-09-01T00:00:00Z",
    }
    (made,) = raw.call("PATCH", SYNC, {"company_id": 4001, "updates": [update]}).json()["entities"]
    assert "is_erp_integrated" not in made
    shown = raw.get(f"{PROJECTS}/{made['id']}", company_id=4001)
    assert (shown["origin_id"], shown["origin_code"], shown["is_erp_integrated"]) == ("spectrum:1:BYSYNC", None, False)
    assert (shown["active"], shown["parent_job_id"], shown["start_date"]) == (True, None, "2026-09-01")
    assert found("By POST", erp_integrated=True, parent_job_id=parent["id"])["is_erp_integrated"] is True
    server.switches.set("procore_erp_integrated", "refused")
    body = {"company_id": 4001, "project": {"name": "Refused", "erp_integrated": True}}
    assert raw.call("POST", PROJECTS, body).json()["errors"].keys() == {"erp_integrated"}
    server.switches.set("procore_erp_integrated", "ignored")
    assert found("Ignored", erp_integrated=True)["is_erp_integrated"] is False


def test_a_day_of_a_wrong_form_is_none_without_an_error(raw: Raw, server: ProcoreServer, found: Found) -> None:
    made = found("Days", start_date="09/01/2026", completion_date="2027-02-30")
    assert (made["start_date"], made["completion_date"]) == (None, None)
    dated = found("Dated", start_date="2026-09-01")
    server.switches.set("procore_days", "midnight")
    assert raw.get(f"{PROJECTS}/{dated['id']}", company_id=4001)["start_date"] == "2026-09-01T00:00:00Z"


def test_a_refused_value_is_told_by_its_field_in_sentences_or_in_one(raw: Raw, server: ProcoreServer) -> None:
    body = {"company_id": 4001, "project": {"name": "X", "project_template_id": 17}}
    for told, said in {
        "by_field": {"errors": {"project_template_id": ["must exist"]}},
        "sentences": {"errors": ["project_template_id must exist"]},
        "sentence": {"message": "project_template_id must exist", "error": "Unprocessable Entity"},
    }.items():
        server.switches.set("procore_refusals", told)
        refused = raw.call("POST", PROJECTS, body)
        assert (refused.status_code, refused.json()) == (422, said)


def test_a_new_project_is_not_seen_and_its_origin_id_still_keeps_it_single(raw: Raw, server: ProcoreServer) -> None:
    body = {
        "company_id": 4001,
        "project": {"name": "Unseen", "project_number": "26-U1", "origin_id": "spectrum:1:26-U1"},
    }
    made = raw.call("POST", PROJECTS, body)
    assert made.status_code == 201
    by_origin = {"filters[origin_id]": "spectrum:1:26-U1", "filters[by_status]": "All"}
    assert raw.get("/rest/v1.1/projects", company_id=4001, **by_origin) == []
    path = f"{PROJECTS}/{made.json()['id']}"
    assert raw.call("GET", path, company_id=4001).status_code == 403
    assert raw.call("GET", f"{path}/budget").status_code == 403
    server.switches.set("procore_unseen", "404")
    assert raw.call("GET", f"{path}/budget").status_code == 404
    assert raw.call("POST", PROJECTS, body).json() == {"errors": {"origin_id": ["has already been taken"]}}


def test_numbers_are_a_filter_of_version_1_1_and_inactive_ones_hide(raw: Raw, found: Found) -> None:
    made = found("Numbered", project_number="26-N1")
    raw.call("PATCH", f"{PROJECTS}/{made['id']}", {"company_id": 4001, "project": {"active": False}})
    by_number = {"filters[project_number]": "26-N1"}
    assert raw.get("/rest/v1.1/projects", company_id=4001, **by_number) == []
    every = raw.get("/rest/v1.1/projects", company_id=4001, **by_number, **{"filters[by_status]": "All"})
    assert [each["id"] for each in every] == [made["id"]]
    assert len(raw.get(PROJECTS, company_id=4001, **by_number)) > 1, "version 1.0 does not know the filter"
    compact = raw.get(PROJECTS, company_id=4001, serializer_view="compact")
    assert compact[0].keys() == {"id", "name", "display_name"}
    wide = raw.call("GET", PROJECTS, company_id=4001, per_page=1000)
    assert wide.headers["Per-Page"] == "300"


def test_two_writes_into_one_project_at_a_time_are_one_too_many(raw: Raw, server: ProcoreServer, found: Found) -> None:
    made, other = found("Busy"), found("Free")
    token = raw.token()
    server.switches.set("procore_slow_after", "700", 1)

    def rename(project: dict[str, Any]) -> int:
        mine = Raw(raw.url)
        mine.session.headers["Authorization"] = f"Bearer {token}"
        body = {"company_id": 4001, "project": {"description": "x"}}
        return mine.call("PATCH", f"{PROJECTS}/{project['id']}", body).status_code

    def meanwhile() -> list[int]:
        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(rename, made)
            while not server.calls.report()["running"]:
                time.sleep(0.01)
            time.sleep(0.1)
            statuses = [rename(made), rename(other)]
            return [slow.result(), *statuses]

    assert meanwhile() == [200, 200, 200], "published for direct costs alone"
    server.switches.set("procore_concurrent", "project")
    server.switches.set("procore_slow_after", "700", 1)
    assert meanwhile() == [200, 409, 200]
    assert rename(made) == 200


def test_the_manifest_shows_levels_and_calls_keep_to_them(raw: Raw, server: ProcoreServer, ids: dict[str, int]) -> None:
    path = "/rest/v1.0/settings/permissions"

    def levels(**params: Any) -> dict[str, str]:
        return {each["name"]: each["user_access_level"]["name"] for each in raw.get(path, **params)["tools"]}

    assert set(levels(company_id=4001).values()) == {"admin"}
    server.switches.set("procore_access", "directory=read_only,budget=none")
    assert levels(company_id=4001)["directory"] == "read_only"
    assert levels(project_id=ids["ready"])["budget"] == "none"
    assert raw.call("GET", path, company_id=4001, project_id=ids["ready"]).status_code == 400
    assert raw.call("GET", "/rest/v1.0/vendors", company_id=4001).status_code == 200
    written = raw.call("POST", "/rest/v1.0/vendors", {"company_id": 4001, "vendor": {"name": "No"}})
    assert written.status_code == 403
    assert raw.call("GET", f"{PROJECTS}/{ids['ready']}/budget").status_code == 403


def test_remaining_rises_before_the_reset_where_the_window_slides() -> None:
    now = [1000.0]
    limiter = RateLimiter(lambda: now[0])
    seen = []
    for moment in (1000.0, 1004.0, 1008.0, 1010.5):
        now[0] = moment
        _, headers = limiter.count("one", 0, 3, slides=True)
        seen.append((int(headers["X-Rate-Limit-Remaining"]), int(headers["X-Rate-Limit-Reset"])))
    assert seen == [(2, 1010), (1, 1010), (0, 1010), (0, 1014)]
    assert limiter.count("one", 0, 3, slides=True)[0] is False


def test_departments_of_a_project_are_shown(raw: Raw, found: Found, business: str) -> None:
    departments = raw.get("/rest/v1.0/departments", company_id=4001)
    made = found("Departments", department_ids=[departments[0]["id"]], total_value=1250000.5)
    assert made["departments"] == [{"id": departments[0]["id"], "name": departments[0]["name"]}]
    assert made["total_value"] == "1250000.50"
    with psycopg.connect(business) as connection:
        held = connection.execute("SELECT fields->>'total_value' FROM procore.records WHERE id = %s", [made["id"]])
        assert held.fetchone() == ("1250000.50",)
