"""The page's API in a real API server, over a real warehouse: records, and who may answer (M8, A7)."""

from __future__ import annotations

import psycopg

from tests.page.page_airflow import PageAirflow, answer_of
from tests.page.page_data import FORM


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
    from spectrum_etl.exports.form_field import FormField
    from spectrum_etl.orchestration import approval
    from spectrum_etl.page import question

    assert tuple(question.OPTIONS.values()) == approval.OPTIONS
    fields = [FormField("code", "Code", "What for."), FormField("note", "Note", "What for.", required=False)]
    shown = [question._field(field.name, approval._param(field).dump()) for field in fields]
    assert [(field["description"], field["required"]) for field in shown] == [("What for.", True), ("What for.", False)]
