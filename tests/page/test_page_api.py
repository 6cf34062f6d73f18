"""The page's API in a real API server, over a real warehouse: who gets in, and how syncs stand (M5, M8, A3, A4)."""

from __future__ import annotations

import csv
import io
from typing import Any

import psycopg
import pytest

from spectrum_etl.staging.objects import OBJECTS
from tests.page.page_airflow import HEADER, PageAirflow

ROUTES = (
    "", "api/me", "api/overview", "api/connections", "api/import/counts", "api/import/rejected", "api/import/checks",
    "api/import/drift", "api/import/rejected.csv", "api/export/counts", "api/export/queue?group=ready",
    "api/export/record?object=vendors&company=1&record=v1", "api/export/complete", "api/jobs",
    "api/into-procore/counts", "api/into-procore/rows?group=decide",
    "api/into-procore/records?object=vendors&company=1&search=a",
    "api/job?company=1&job=24-0001", "api/job.csv?company=1&job=24-0001", "api/transactions?company=1&job=24-0001",
    "api/transactions.csv?company=1&job=24-0001", "api/marts",
    "api/budget-line?company=1&job=24-0001&phase=05120&cost_type=S", "api/job/agreements?company=1&job=24-0001",
    "api/job/customer?company=1&job=24-0001&customer=C1&what=changes",
    "api/job/subcontract?company=1&job=24-0001&vendor=ACME&number=S05120",
    "api/wip/months", "api/wip?month_end=2026-06-30", "api/wip.csv?month_end=2026-06-30",
    "api/wip/behind?company=1&job=24-0001&month_end=2026-06-30&what=postings",
    "api/job/order?company=1&job=24-0001&number=PO00011", "static/app.js", "static/vendor/uplot.js",
)  # fmt: skip
WRITES = (
    "api/refresh",
    "api/marts/refresh",
    "api/check-connections",
    "api/export/collect",
    "api/export/answer",
    "api/into-procore/decide",
    "api/into-procore/link-exact-names",
    "api/into-procore/run",
)


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_without_airflows_session(page: PageAirflow, route: str) -> None:
    assert page.get(None, route).status_code == 401
    assert page.get("vera", route).status_code == 200


def test_the_cookie_of_airflows_pages_signs_in(page: PageAirflow) -> None:
    assert page.session("vera", cookie=True).get(f"{page.url}/api/me", timeout=30).json()["name"] == "vera"


def test_who_opens_the_page_without_a_session_signs_in_first_and_comes_back(page: PageAirflow) -> None:
    session = page.session(None)
    opened = session.get(f"{page.url}/", headers={"Accept": "text/html"}, allow_redirects=False, timeout=30)
    assert opened.status_code == 307
    assert opened.headers["Location"] == "/api/v2/auth/login?next=%2Ferp-integrations%2F"
    login = session.get(f"{page.url}/", headers={"Accept": "text/html"}, timeout=30)
    assert login.status_code == 200, login.text
    assert "/auth/login" in login.url
    for route in ("api/me", "static/app.js"):
        refused = session.get(f"{page.url}/{route}", headers={"Accept": "text/html"}, timeout=30)
        assert refused.status_code == 401, route


@pytest.mark.parametrize("route", WRITES)
def test_nothing_is_changed_from_another_site(page: PageAirflow, route: str) -> None:
    session = page.session("admin", cookie=True)
    url = f"{page.url}/{route}"
    assert session.post(url, json={}, timeout=30).status_code == 403  # a form cannot send the header
    for header in (
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert session.post(url, json={}, headers={**HEADER, **header}, timeout=30).status_code == 403
    assert session.post(url, json={}, headers={**HEADER, "Origin": page.airflow.url}, timeout=30).status_code != 403


def test_nothing_is_read_from_another_site(page: PageAirflow) -> None:
    session = page.session("admin", cookie=True)
    header = {"Sec-Fetch-Site": "cross-site"}
    assert session.get(f"{page.url}/api/import/rejected.csv", headers=header, timeout=30).status_code == 403
    assert session.get(f"{page.url}/static/app.js", headers=header, timeout=30).status_code == 403
    assert session.get(f"{page.url}/", headers=header, timeout=30).status_code == 200  # a link in an e-mail
    assert "frame-ancestors 'self'" in session.get(f"{page.url}/", timeout=30).headers["Content-Security-Policy"]


def test_static_files_are_those_of_the_page_alone(page: PageAirflow) -> None:
    for path in ("..%2Fapp.py", "%2Fetc%2Fpasswd", "vendor/README.md", "nothing.js", ""):
        assert page.get("vera", f"static/{path}").status_code == 404


def test_the_overview_tells_how_each_object_stands(page: PageAirflow) -> None:
    found = page.get("vera", "api/overview").json()
    objects = {row["name"]: row for row in found["objects"]}
    assert set(objects) == set(OBJECTS)
    jobs = objects["jobs"]
    assert (jobs["schedule"], jobs["state"], jobs["staged_rows"]) == ("hourly", "published", 24)
    assert (jobs["new_rows"], jobs["changed_rows"], jobs["deleted_rows"], jobs["rejected_rows"]) == (3, 14, 0, 3)
    assert (jobs["checks_passed"], jobs["late"], jobs["paused"], jobs["running"]) == (8, False, True, None)
    assert objects["budgets"]["state"] == "stopped"
    assert "would be deleted" in objects["budgets"]["message"]
    connected = {(c["kind"], c["company_code"]): c["connected"] for c in found["connections"]}
    assert connected["Info-Link", "1"] is True
    assert connected["warehouse", None] is True
    assert connected["Procore", None] is None


def test_what_check_connections_found_counts_more_than_the_last_sync(page: PageAirflow) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute(
            "insert into sync.connections values ('1', 'spectrum_infolink', 'Info-Link', 'Not connected',"
            " 'wrong credentials', 'Info-Link refused the login', 'correct the password', now(), 'run')"
        )
    try:
        found = page.get("vera", "api/overview", company="1").json()["connections"]
        infolink = next(row for row in found if row["kind"] == "Info-Link")
        assert (infolink["connected"], infolink["known_from"]) == (False, "check")
        assert (infolink["reason"], infolink["remedy"]) == ("Info-Link refused the login.", "Correct the password.")
    finally:
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute("delete from sync.connections")


def test_o2_the_load_on_spectrum_and_what_may_lower_it_are_shown(page: PageAirflow) -> None:
    assert page.get("vera", "api/overview").json()["load"] == {
        "queries_at_a_time": 1,
        "quiet_hours": [],
        "timezone": "UTC",
    }
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute(
            "insert into sync.connections values"
            " ('1', 'spectrum_infolink', 'Info-Link', 'Connected', '', '', '', now(), 'run')"
        )
        connection.execute(
            "insert into sync.connection_facts values ('1', 'spectrum_infolink', 'Info-Link',"
            " 'JC_TRANSACTION_HISTORY_MC', 'change tracking', 'off', now())"
        )
    try:
        found = page.get("vera", "api/overview", company="1").json()["connections"]
        assert next(row for row in found if row["kind"] == "Info-Link")["facts"] == 1
        [fact] = page.get("vera", "api/connections").json()["facts"]
        assert (fact["subject"], fact["item"], fact["fact"]) == ("JC_TRANSACTION_HISTORY_MC", "change tracking", "off")
    finally:
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute("delete from sync.connections")
            connection.execute("delete from sync.connection_facts")


def test_a3_a4_the_variable_sets_the_schedule_and_a_wrong_one_is_named(page: PageAirflow) -> None:
    api = page.airflow.api("admin")
    try:
        api.put("variables", [{"key": "spectrum_schedules", "value": '{"vendors": "never"}'}])
        rows = page.get("vera", "api/overview").json()["objects"]
        assert {row["name"]: row["schedule"] for row in rows}["vendors"] == "never"
        api.put("variables", [{"key": "spectrum_schedules", "value": '{"vendors": "weekly"}'}])
        found = page.get("vera", "api/overview").json()
        [told] = found["problems"]
        assert "weekly" in told["detail"]
        assert "never, daily, 4h, 2h, hourly" in told["remedy"]
        assert {row["name"]: row["schedule"] for row in found["objects"]}["vendors"] == "hourly", "that of the file"
        assert (found["objects"][1]["staged_rows"], len(found["connections"])) == (24, 4)
    finally:
        api.put("variables", [{"key": "spectrum_schedules", "value": "{}"}])


def test_who_may_trigger_refreshes(page: PageAirflow) -> None:
    assert page.post("vera", "api/refresh", {"object": "vendors"}).status_code == 403
    paused = page.post("ops", "api/refresh", {"object": "vendors"})
    assert paused.status_code == 409
    assert paused.json()["detail"]["paused"] is True
    started = page.post("ops", "api/refresh", {"object": "vendors", "companies": ["1"], "resume": True})
    assert started.status_code == 200
    vendors = next(row for row in page.get("vera", "api/overview").json()["objects"] if row["name"] == "vendors")
    assert vendors["running"]["run_id"] == started.json()["run_id"]
    assert vendors["may_refresh"] is False
    run = page.airflow.api("admin").run("stage_vendors", started.json()["run_id"])
    assert (run["conf"], run["triggering_user_name"]) == ({"companies": ["1"]}, "ops")
    assert page.post("ops", "api/refresh", {"object": "vendors"}).status_code == 409
    assert page.post("ops", "api/refresh", {"object": "nothing"}).status_code == 404


def test_rejected_rows_come_page_by_page(page: PageAirflow) -> None:
    seen: list[int] = []
    after: Any = None
    while True:
        found = page.get("vera", "api/import/rejected", after=after).json()
        seen += [row["rejected_id"] for row in found["rows"]]
        after = found["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 130
    assert seen == sorted(seen, reverse=True)
    vendors = page.get("vera", "api/import/rejected", object="vendors").json()["rows"]
    assert {row["table_name"] for row in vendors} == {"vendors"}
    assert page.get("vera", "api/import/rejected", search="12.3.4").json()["rows"][0]["column_name"] == "tran_amount"
    assert page.get("vera", "api/import/rejected", company="2").json()["rows"] == []


def test_a_rejected_row_shows_what_of_it_can_be_read(page: PageAirflow) -> None:
    rows = page.get("vera", "api/import/rejected", table="job_cost_transactions", column="tran_amount").json()["rows"]
    assert {(row["table_name"], row["column_name"]) for row in rows} == {("job_cost_transactions", "tran_amount")}
    row = rows[0]
    assert (row["key"], row["date"], row["amount"]) == (["05120", "S"], "20260415", None)
    assert row["name"].startswith("Delivery ")
    assert row["reason"] == "Tran amount is not an amount: correct it in Spectrum, the next sync takes it."
    only = page.get("vera", "api/import/rejected.csv", table="vendors", column="vendor_name").text
    assert "vendor_name" in only
    assert "tran_amount is not" not in only
    assert page.get("vera", "api/import/rejected", search="Delivery 17").json()["rows"][0]["name"] == "Delivery 17"


def test_checks_and_changed_columns_are_told_in_words(page: PageAirflow) -> None:
    explains = "The schedule of values does not add up to the contract (I4): correct one of them in Spectrum."
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute(
            "insert into sync.checks (landing_id, object_name, table_name, company_code, run_id, source, check_name,"
            " severity, status, rows_checked, rows_failed, message) select landing_id, 'prime_contracts',"
            " 'prime_contracts', '1', 'words', 'great_expectations', 'lines_add_up', 'warning', 'warned', 42, 2, %s"
            " from sync.landings where object_name = 'prime_contracts'",
            [f"prime_contracts of company 1, check lines_add_up: 2 found, on 2 of 42 rows. {explains}"],
        )
        connection.execute(
            "insert into sync.checks (landing_id, object_name, table_name, company_code, run_id, source, check_name,"
            " severity, status, message, cause) select landing_id, 'prime_contracts', 'prime_contracts', '1', 'words',"
            " 'great_expectations', 'one_contract_per_job', 'critical', 'failed', 'prime_contracts of company 1, check"
            " one_contract_per_job: it could not be run', 'check broken' from sync.landings"
            " where object_name = 'prime_contracts'"
        )
        connection.execute(
            "insert into sync.drift (object_name, table_name, company_code, reader, source_name, column_name, change,"
            " detail, landing_id) values ('vendors', 'vendors', '1', 'infolink', 'VN_MASTER_MC', 'ALPHA_SORT',"
            " 'missing', 'alpha_sort is staged as NULL', 1)"
        )
    try:
        checks = page.get("vera", "api/import/checks").json()["rows"]
        told = {row["check_name"]: row["message"] for row in checks}
        assert told["one_contract_per_job"] == "It could not be run."
        assert told["lines_add_up"] == explains.replace(" (I4)", "")
        affects = {row["column_name"]: row["affects"] for row in page.get("vera", "api/import/drift").json()["rows"]}
        assert affects["Fax_2"] == "Nothing: it is not read."
        assert affects["ALPHA_SORT"] == "spectrum.vendors.alpha_sort has no values."
    finally:
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute("delete from sync.checks where run_id = 'words'")
            connection.execute("delete from sync.drift where column_name = 'ALPHA_SORT'")


def test_files_hold_the_whole_list_and_no_formulas(page: PageAirflow) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute("update sync.rejected_rows set value = '=1+1' where rejected_id = 1")
    text = page.get("vera", "api/import/rejected.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 130
    assert [row["value"] for row in rows if row["value"].endswith("=1+1")] == ["'=1+1"]
    assert "would be deleted" in page.get("vera", "api/import/checks.csv").text
    assert "Fax_2" in page.get("vera", "api/import/drift.csv").text
    assert page.get("vera", "api/import/other.csv").status_code == 422
