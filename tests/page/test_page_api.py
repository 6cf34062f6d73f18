"""The page's API in a real API server, over a real warehouse: what it tells, and whom (M5, M8, A3, A4, A7)."""

from __future__ import annotations

import csv
import io
from typing import Any

import psycopg
import pytest

from spectrum_etl.staging.objects import OBJECTS
from tests.page.page_airflow import HEADER, PageAirflow, answer_of
from tests.page.page_data import FORM

ROUTES = (
    "", "api/me", "api/overview", "api/connections", "api/import/counts", "api/import/rejected", "api/import/checks",
    "api/import/drift", "api/import/rejected.csv", "api/export/counts", "api/export/queue?group=ready",
    "api/export/record?object=vendors&company=1&record=v1", "api/export/complete", "api/jobs",
    "api/job?company=1&job=24-0001", "api/job.csv?company=1&job=24-0001", "api/transactions?company=1&job=24-0001",
    "api/transactions.csv?company=1&job=24-0001", "api/marts",
    "api/budget-line?company=1&job=24-0001&phase=05120&cost_type=S", "static/app.js", "static/vendor/uplot.js",
)  # fmt: skip
WRITES = ("api/refresh", "api/marts/refresh", "api/check-connections", "api/export/collect", "api/export/answer")


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


def test_the_queue_by_tab_object_and_project(page: PageAirflow) -> None:
    counts = page.get("vera", "api/export/counts").json()
    assert counts["groups"] == {"ready": 1, "waiting": 3, "sending": 1, "failed": 3, "synced": 2, "rejected": 1}
    assert counts["projects"][0] == {"project_id": "501", "title": "Cedar Ridge Medical Center", "records": 7}
    assert counts["may_collect"] == []
    failed = page.get("vera", "api/export/queue", group="failed", object="commitments").json()["rows"]
    assert [row["record_id"] for row in failed] == ["c2", "c3"]
    assert failed[0]["broken"][0]["fix"].startswith("export the company as a vendor")
    assert "GL account" in failed[1]["reason"]
    jobs = page.get("vera", "api/export/queue", group="failed", project="502").json()["rows"]
    assert [row["record_id"] for row in jobs] == ["502"]
    assert page.get("vera", "api/export/queue", group="none").status_code == 404


def test_only_approvers_answer_and_only_what_they_have_seen(page: PageAirflow) -> None:
    page.waits("export_vendors", "manual__1", 0, FORM)
    page.waits("export_vendors", "manual__1", 1, FORM, age=0)
    fresh = page.get("accounting", "api/export/record", object="vendors", company="1", record="v2").json()
    assert fresh["question"] is None, "an answer this early would make Airflow fail the question"
    page.metadata("update hitl_detail set created_at = created_at - interval '1 minute'")
    filled = {"vendor_code": "FRONTRANGE", "vendor_type": "SUB"}
    for user in ("vera", "ops", "admin"):
        refused = page.post(user, "api/export/answer", answer_of(page, "v1", answers=filled))
        assert refused.status_code == 403
        assert "approver" in refused.json()["detail"]
    asked = page.get("accounting", "api/export/record", object="vendors", company="1", record="v1").json()["question"]
    assert [(field["name"], field["required"], field["max_length"]) for field in asked["fields"]] == [
        ("vendor_code", True, 10), ("vendor_type", True, None),
    ]  # fmt: skip
    for wrong, field in (({}, "vendor_code"), ({**filled, "vendor_code": "MUCHTOOLONGACODE"}, "vendor_code"),
                         ({**filled, "vendor_code": "ready roof"}, "vendor_code"),
                         ({**filled, "vendor_code": "AC\x00ME"}, "vendor_code"),
                         ({**filled, "vendor_type": "XXX"}, "vendor_type")):  # fmt: skip
        bad = page.post("accounting", "api/export/answer", answer_of(page, "v1", answers=wrong))
        assert (bad.status_code, field in bad.json()["detail"]["fields"]) == (422, True)
    assert (
        page.post(
            "accounting", "api/export/answer", answer_of(page, "v1", answers={"vendor_code": "FRONTRANGE"})
        ).status_code
        == 422
    )
    unseen = answer_of(page, "v1", answers=filled)
    unseen["asks"]["asks_run_id"] = "manual__0"
    assert page.post("accounting", "api/export/answer", unseen).status_code == 409
    assert page.post("accounting", "api/export/answer", answer_of(page, "v1", answers=filled)).status_code == 200
    assert page.post("accounting", "api/export/answer", answer_of(page, "v1", answers=filled)).status_code == 409
    unreasoned = page.post("accounting", "api/export/answer", answer_of(page, "v2", decision="reject"))
    assert "reason" in unreasoned.json()["detail"]["fields"]
    kept_by_nothing = answer_of(page, "v2", decision="reject", reason="Twice\x00")
    said = page.post("accounting", "api/export/answer", kept_by_nothing).json()["detail"]["fields"]["reason"]
    assert said == "The reason contains a character that cannot be stored or sent: Twice\\u0000"
    rejected = answer_of(page, "v2", decision="reject", reason="Twice in the list")
    assert page.post("accounting", "api/export/answer", rejected).status_code == 200
    told = page.metadata(
        "select ti.map_index, h.chosen_options, h.params_input, h.responded_by from hitl_detail as h"
        " join task_instance as ti on ti.id = h.ti_id where ti.dag_id = 'export_vendors'"
        " and ti.run_id = 'manual__1' order by 1"
    )
    assert [(row[1], row[2].get("vendor_code"), row[2]["reason"], row[3]["id"]) for row in told] == [
        (["Accept"], "FRONTRANGE", None, "accounting"), (["Reject"], None, "Twice in the list", "accounting"),
    ]  # fmt: skip


def test_accept_all_offers_what_needs_no_input_of_the_list_as_it_is_filtered(page: PageAirflow) -> None:
    found = page.get("accounting", "api/export/complete").json()
    assert [row["record_id"] for row in found["rows"]] == ["c1"]
    assert [(field["title"], field["value"]) for field in found["rows"][0]["proposed"]] == [
        ("Subcontract id", "SC-0001")
    ]
    assert [(row["totals"][0]["amount"], row["clash"]) for row in found["rows"]] == [("59500.25", None)]
    assert found["more"] is False
    assert page.get("accounting", "api/export/complete", search="Glazing").json()["rows"] == []
    assert len(page.get("accounting", "api/export/complete", search="sc-0001").json()["rows"]) == 1


def test_a_record_shows_what_would_be_written_in_the_order_of_its_document(page: PageAirflow) -> None:
    found = page.get("vera", "api/export/record", object="commitments", company="1", project="501", record="c1").json()
    assert found["record"]["project_name"] == "Cedar Ridge Medical Center"
    assert found["may_collect"] is False
    header, lines = found["written"]["sections"]
    assert [(fact["label"], fact["value"], fact["field"]) for fact in header["facts"]] == [
        ("Vendor", "BLUESPRUCE", None), ("Subcontract", "SC-0001", "subcontract_number"), ("Job", "24-0001", None),
        ("Status", "A", None), ("Unit prices", "N", None), ("G/L account", "501000000000", None),
        ("Retention in percent", "10.0", None),
    ]  # fmt: skip
    assert [[cell["value"] for cell in line["key"] + line["cells"]] for line in lines["lines"]] == [
        ["16100", "S", "Electrical rough-in", "48250.00"], ["16200", "S", "Switchgear", "12400.50"],
        ["16900", "S", "Credit for fixtures", "-1150.25"],
    ]  # fmt: skip
    assert [(total["label"], total["amount"]) for total in found["written"]["totals"]] == [
        ("Contract amount", "59500.25")
    ]


def test_what_was_written_before_is_told_in_words(page: PageAirflow) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        for decision, state, reason in (("accept", "linked", None), ("accept", "ready", "the form cannot be sent")):
            connection.execute(
                "insert into export.ledger (object_name, company_code, project_id, record_id, title, decision, answers,"
                " answered_by, answered_by_name, answered_at, fingerprint, content, state, reason, dag_id, run_id,"
                " task_id, map_index, finished_at) values ('vendors', '1', '', 'v3', 'Blue Spruce Electric', %s, '{}',"
                " 'accounting', 'Accounting', now(), 'f', '{}', %s, %s, 'd', 'r', 't', 0, now())",
                [decision, state, reason],
            )
        connection.execute(
            "insert into export.calls (attempt_id, call_number, service, key, fields, adds, state, answer, note)"
            ' select attempt_id, number, \'AddVendor\', \'{"Vendor_Code": "BLUE", "Company_Code": "1"}\','
            ' \'{"Phone": "3305550100", "Vendor_Name": "Blue Spruce Electric"}\', true, \'sent\', answer, note'
            " from export.ledger, (values (1, 'executed', null), (2, 'executed; Vendor_Code: a note',"
            " 'Vendor_Code: a note')) as made (number, answer, note) where record_id = 'v3' and state = 'linked'"
        )
    found = page.get("vera", "api/export/record", object="vendors", company="1", record="v3")
    last, first = found.json()["attempts"]
    assert (last["state"], last["calls"]) == ("ready", 0)
    assert (first["state"], first["calls"], first["sent"]) == ("linked", 2, 2)
    assert first["said"] == ["New vendor, Vendor code BLUE: Vendor_Code: a note"]
    assert [(fact["label"], fact["value"]) for fact in first["sections"][0]["facts"]] == [
        ("Vendor code", "BLUE"), ("Name", "Blue Spruce Electric"), ("Phone", "3305550100"),
    ]  # fmt: skip


def test_one_record_is_collected_again_by_whoever_may_start_its_export(page: PageAirflow) -> None:
    body = {"object": "commitments", "companies": ["1"], "projects": ["501"], "records": ["c4"], "resume": True}
    assert page.post("vera", "api/export/collect", body).status_code == 403
    started = page.post("ops", "api/export/collect", body).json()
    conf = page.airflow.api("admin").run("export_commitments", started["run_id"])["conf"]
    assert conf == {"companies": ["1"], "projects": ["501"], "records": ["c4"]}
    assert page.get("ops", "api/export/record", object="commitments", company="1", project="501", record="c4").json()[
        "may_collect"
    ]


def test_a_project_has_a_name_whoever_knows_it(page: PageAirflow) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute(
            "insert into export.links (object_name, company_code, project_id, record_id, spectrum_key, how, linked_by)"
            " values ('jobs', '1', '502', '502', '24-0003', 'by hand', 'otto')"
        )
        known = connection.execute("select job_description from spectrum.jobs where job_number = '24-0003'").fetchone()
    try:
        projects = page.get("vera", "api/export/counts").json()["projects"]
        assert known is not None
        assert {row["project_id"]: row["title"] for row in projects} == {
            "501": "Cedar Ridge Medical Center",
            "502": known[0],
        }
    finally:
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute("delete from export.links")


def test_the_form_is_read_as_the_approval_writes_it() -> None:
    from spectrum_etl.exports.spec import FormField
    from spectrum_etl.orchestration import approval
    from spectrum_etl.page import question

    assert tuple(question.OPTIONS.values()) == approval.OPTIONS
    fields = [FormField("code", "Code", "What for."), FormField("note", "Note", "What for.", required=False)]
    shown = [question._field(field.name, approval._param(field).dump()) for field in fields]
    assert [(field["description"], field["required"]) for field in shown] == [("What for.", True), ("What for.", False)]
