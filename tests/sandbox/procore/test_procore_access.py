"""The stand-in Procore's sign-in, company header, permitted projects, paging, filters and rate limit."""

import time

import psycopg
import pytest
import requests

from sandbox.procore.access import RateLimiter, ServiceAccount, Tokens
from sandbox.procore.server import ProcoreServer
from tests.sandbox.procore.conftest import Raw


def test_a_token_is_asked_for_by_form_or_json_and_runs_out(server: ProcoreServer) -> None:
    good = {"grant_type": "client_credentials", "client_id": "client", "client_secret": "secret-of-the-client"}
    by_form = requests.post(f"{server.url}/oauth/token", data=good, timeout=10)
    by_json = requests.post(f"{server.url}/oauth/token", json=good, timeout=10)
    by_multipart = requests.post(f"{server.url}/oauth/token", files={k: (None, v) for k, v in good.items()}, timeout=10)
    for answer in (by_form, by_json, by_multipart):
        assert answer.status_code == 200
        assert answer.json().keys() == {"access_token", "token_type", "expires_in", "created_at"}
        assert answer.json()["expires_in"] == 5400
    wrong = requests.post(f"{server.url}/oauth/token", data=good | {"client_secret": "wrong"}, timeout=10)
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert requests.post(f"{server.url}/oauth/token", data={}, timeout=10).status_code == 400


def test_tokens_expire_by_the_clock() -> None:
    now = [1000.0]
    tokens = Tokens([ServiceAccount("a", "b")], life=60, clock=lambda: now[0])
    issued = tokens.issue("a", "b")
    assert issued is not None
    assert tokens.account(issued[0]) is not None
    now[0] = 1060.0
    assert tokens.account(issued[0]) is None
    assert tokens.issue("a", "wrong") is None
    assert tokens.issue("nobody", "") is None


def test_the_company_header_is_needed_everywhere(raw: Raw) -> None:
    bearer = {"Authorization": f"Bearer {raw.token()}"}
    missing = requests.get(f"{raw.url}/rest/v1.0/companies", headers=bearer, timeout=10)
    assert (missing.status_code, missing.text) == (400, "Missing Procore-Company-Id header!")
    strange = requests.get(f"{raw.url}/rest/v1.0/me", headers=bearer | {"Procore-Company-Id": "77"}, timeout=10)
    assert strange.status_code == 403
    assert strange.json()["message"] == "App is not connected to this company"
    assert raw.call("GET", "/rest/v1.0/vendors", company_id=4002).status_code == 403
    assert raw.call("GET", "/rest/v1.0/vendors").status_code == 400
    no_token = requests.get(f"{raw.url}/rest/v1.0/me", headers={"Procore-Company-Id": "4001"}, timeout=10)
    assert no_token.status_code == 401
    assert no_token.json()["message"] == "The access token is invalid"


def test_projects_that_are_not_permitted_are_not_seen(raw: Raw, ids: dict[str, int]) -> None:
    names = {project["name"] for project in raw.all("/rest/v1.0/projects", company_id=4001)}
    assert "Peña Clinic – Café Wing" in names
    assert "Not Permitted" not in names
    assert "Shelved Tower" not in names
    inactive = raw.all("/rest/v1.0/projects", company_id=4001, **{"filters[by_status]": "Inactive"})
    assert [project["name"] for project in inactive if "Tower" in project["name"]] == ["Shelved Tower"]
    hidden = ids["Not Permitted"]
    assert raw.call("GET", f"/rest/v1.0/projects/{hidden}", company_id=4001).status_code == 403
    assert raw.call("GET", "/rest/v1.0/work_order_contracts", project_id=hidden).status_code == 403
    assert raw.call("GET", "/rest/v1.0/work_order_contracts", project_id=1).status_code == 404
    other = Raw(raw.url, 4002)
    assert other.call("GET", f"/rest/v1.0/projects/{ids['ready']}", company_id=4002).status_code == 404


def test_pages_have_links_totals_and_a_largest_size(raw: Raw, ids: dict[str, int]) -> None:
    first = raw.call("GET", "/rest/v1.0/vendors", company_id=4001)
    assert len(first.json()) == int(first.headers["Per-Page"]) == 20
    assert first.links.keys() == {"next", "last"}
    assert "company_id=4001" in first.links["next"]["url"]
    large = raw.call("GET", "/rest/v1.0/vendors", company_id=4001, per_page=5000)
    assert large.headers["Per-Page"] == "100"
    last = requests.get(
        first.links["last"]["url"], headers={**raw.session.headers, "Procore-Company-Id": "4001"}, timeout=10
    )
    assert "next" not in last.links
    second = raw.call("GET", f"/rest/v2.0/companies/4001/projects/{ids['ready']}/commitment_contracts", page=2)
    assert second.headers["Per-Page"] == "10"
    assert second.json().keys() == {"data"}
    assert all(isinstance(each["id"], str) for each in second.json()["data"])
    assert raw.call("GET", "/rest/v1.0/vendors", company_id=4001, page="x").status_code == 400
    strange = raw.call("GET", f"/rest/v2.0/companies/4001/projects/{ids['ready']}/commitment_contracts/1")
    assert strange.json()["error"]["code"] == "NOT_FOUND"


def test_pages_as_the_client_must_not_trust_them(server: ProcoreServer, raw: Raw) -> None:
    """The traps of lists: pages capped in silence, no headers, a Total that counts more than is shown."""
    everything = [vendor["id"] for vendor in raw.all("/rest/v1.0/vendors", company_id=4001)]
    server.switches.set("procore_page_cap", "7")
    server.switches.set("procore_extra_total", "3")
    capped = raw.call("GET", "/rest/v1.0/vendors", company_id=4001, per_page=5000)
    assert (len(capped.json()), capped.headers["Per-Page"]) == (7, "7")
    assert capped.headers["Total"] == str(len(everything) + 3)
    server.switches.set("procore_no_page_headers")
    second = raw.call("GET", "/rest/v1.0/vendors", company_id=4001, per_page=5000, page=2)
    assert [vendor["id"] for vendor in second.json()] == everything[7:14]
    assert not {"Link", "Total", "Per-Page"} & {name for name in second.headers}
    server.switches.set("procore_only", "/projects")
    assert raw.call("GET", "/rest/v1.0/vendors", company_id=4001).headers["Per-Page"] == "20"


def test_texts_hold_whatever_json_can(business: str, raw: Raw) -> None:
    """PostgreSQL, which keeps the records, cannot hold NUL or half of a surrogate pair; Procore's answers can."""
    with psycopg.connect(business, autocommit=True) as connection:
        row = connection.execute(
            'update procore.records set fields = fields || \'{"notes": "a⟦0000⟧b⟦d83d⟧c"}\' where id ='
            " (select min(id) from procore.records where kind = 'vendor' and company_id = 4001) returning id"
        ).fetchone()
    assert row is not None
    answer = raw.call("GET", f"/rest/v1.0/vendors/{row[0]}", company_id=4001)
    assert b"a\\u0000b\\ud83dc" in answer.content
    assert answer.json()["notes"] == "a\x00b\ud83dc"


def test_a_project_tells_its_time_zone(raw: Raw, ids: dict[str, int]) -> None:
    """By the name of the tz database only where one project is shown (list-projects, show-project)."""
    shown = raw.get(f"/rest/v1.0/projects/{ids['ready']}", company_id=4001)
    assert (shown["time_zone"], shown["tz_name"]) == ("Eastern Time (US & Canada)", "America/New_York")
    listed = raw.all("/rest/v1.0/projects", company_id=4001)
    assert {project["time_zone"] for project in listed} == {"Eastern Time (US & Canada)"}
    assert not any("tz_name" in project for project in listed)


def test_projects_have_pages_of_their_own_size(raw: Raw) -> None:
    """Published: 100 unless asked for, 300 at most."""
    sizes = [
        raw.call("GET", "/rest/v1.0/projects", company_id=4001, **asked).headers["Per-Page"]
        for asked in ({}, {"per_page": 300}, {"per_page": 2000})
    ]
    assert sizes == ["100", "300", "300"]


def test_filters_narrow_a_list(raw: Raw) -> None:
    vendor = raw.get("/rest/v1.0/vendors", company_id=4001, per_page=1)[0]
    at = vendor["updated_at"]
    same = raw.all("/rest/v1.0/vendors", company_id=4001, **{"filters[updated_at]": f"{at}...{at}"})
    assert [each["id"] for each in same] == [vendor["id"]]
    by_origin = raw.all("/rest/v1.0/vendors", company_id=4001, **{"filters[origin_id]": vendor["origin_id"]})
    assert [each["id"] for each in by_origin] == [vendor["id"]]
    wrong = raw.call("GET", "/rest/v1.0/vendors", company_id=4001, **{"filters[updated_at]": "yesterday"})
    assert wrong.status_code == 400
    assert wrong.json().keys() == {"code", "message", "fields", "reason"}


def test_contracts_are_filtered_by_status_and_deletion(raw: Raw, ids: dict[str, int]) -> None:
    path, project = "/rest/v1.0/work_order_contracts", ids["ready"]
    complete = raw.all(path, project_id=project, **{"filters[status]": "Complete"})
    assert {each["status"] for each in complete} == {"Complete"}
    deleted = raw.all(path, project_id=project, **{"filters[include_deleted]": "only"})
    assert [each["number"] for each in deleted] == ["SC-309"]
    assert deleted[0]["deleted_at"] is not None
    without = {each["number"] for each in raw.all(path, project_id=project)}
    assert "SC-309" not in without


def test_the_rate_limit_says_when_to_come_back(raw: Raw, server: ProcoreServer) -> None:
    server.switches.set("procore_spike_limit", "3")
    server.switches.set("procore_hourly_limit", "100")
    answers = [raw.call("GET", "/rest/v1.0/me") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["X-Rate-Limit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    refused = answers[-1]
    assert refused.headers["X-Rate-Limit-Limit"] == "3"
    wait = int(refused.headers["X-Rate-Limit-Reset"]) - time.time()
    assert 0 < wait < 11
    assert abs(int(refused.headers["Retry-After"]) - wait) < 2


@pytest.mark.parametrize(("hourly", "spike", "length"), [(2, 0, 3600), (0, 2, 10), (2, 50, 3600)])
def test_windows_open_again_when_they_end(hourly: int, spike: int, length: int) -> None:
    now = [100.0]
    limiter = RateLimiter(clock=lambda: now[0])
    assert [limiter.count("a", hourly, spike)[0] for _ in range(3)] == [True, True, False]
    now[0] += length - 0.5
    assert limiter.count("a", hourly, spike)[0] is False
    assert limiter.count("b", hourly, spike)[0] is True
    now[0] += 0.5
    assert limiter.count("a", hourly, spike)[0] is True
