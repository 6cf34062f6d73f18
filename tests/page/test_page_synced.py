"""What was sent, who approved it, how much: the view export.approvals, and the list Synced with totals and file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import expect

from tests.page.page_airflow import PageAirflow
from tests.page.page_browser import SMALL, picture

pytestmark = pytest.mark.slow

RECORDS = (
    ("s1", "Sent Sitework", "Ann", "2026-05-04", ["100.25", "-20.00"]),
    ("s2", "Sent Steel", "Ben", "2026-05-31", ["5000.00"]),
    ("s3", "Sent Siding", "Ann", "2026-06-01", ["0.10"]),
)


@pytest.fixture
def sent(page: PageAirflow) -> Iterator[None]:
    """Three subcontracts that two people approved, on days at the ends of a month."""
    with psycopg.connect(page.warehouse_url) as connection:
        for record, title, who, day, amounts in RECORDS:
            found = connection.execute(
                "insert into export.ledger (object_name, company_code, project_id, record_id, title, decision, answers,"
                " answered_by, answered_by_name, answered_at, fingerprint, content, spectrum_key, payload,"
                " payload_hash, state, dag_id, run_id, task_id, map_index, finished_at) values ('commitments', '1',"
                " '501', %(record)s, %(title)s, 'accept', '{}', lower(%(who)s), %(who)s, %(at)s, 'f', '{}', %(title)s,"
                " '{}', 'h', 'linked', 'd', 'sent', 't', 0, %(at)s) returning attempt_id",
                {"record": record, "title": title, "who": who, "at": f"{day} 12:00+00"},
            ).fetchone()
            assert found is not None
            for number, amount in enumerate(amounts, 1):
                connection.execute(
                    "insert into export.calls (attempt_id, call_number, service, key, fields, adds, state) values (%s,"
                    " %s, 'UpdateSubcontractPhases', '{}', jsonb_build_object('Original_Contract_Amount', %s::text),"
                    " true, 'sent')",
                    [found[0], number, amount],
                )
            connection.execute(
                "insert into export.queue (object_name, company_code, project_id, record_id, title, state, fingerprint,"
                " run_id, attempt_id, changed_at) values ('commitments', '1', '501', %s, %s, 'linked', 'f', 'sent',"
                " %s, %s)",
                [record, title, found[0], f"{day} 12:00+00"],
            )
    yield
    with psycopg.connect(page.warehouse_url) as connection:
        connection.execute("delete from export.queue where run_id = 'sent'")


def test_one_query_says_what_was_sent_last_month_who_approved_it_and_how_much(page: PageAirflow, sent: None) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        found = connection.execute(
            "select answered_by_name, count(*), sum(amount) from export.approvals where sent_at >= '2026-05-01'"
            " and sent_at < '2026-06-01' and object_name = 'commitments' group by answered_by_name order by 1"
        ).fetchall()
        bare = connection.execute(
            "select attname from pg_attribute as a where attrelid = 'export.approvals'::regclass and attnum > 0"
            " and col_description(a.attrelid, a.attnum) is null"
        ).fetchall()
        granted = connection.execute(
            "select has_table_privilege('spectrum_approver', 'export.approvals', 'select'),"
            " has_table_privilege('spectrum_analyst', 'export.approvals', 'select')"
        ).fetchone()
    assert [(who, count, str(amount)) for who, count, amount in found] == [("Ann", 1, "80.25"), ("Ben", 1, "5000.00")]
    assert bare == [], "every column says what it is"
    assert granted == (True, False)


def test_the_list_is_narrowed_to_days_and_an_approver_and_adds_up(visit: Any, page: PageAirflow, sent: None) -> None:
    tab = visit("vera", "export/synced?object=commitments", size=SMALL)
    totals = tab.locator("dl.synced")
    expect(totals).to_contain_text("Commitments, 3")
    expect(totals).to_contain_text("5,080.35")
    tab.get_by_label("From").fill("2026-05-01")
    tab.get_by_label("To", exact=True).fill("2026-05-31")
    expect(totals).to_contain_text("5,080.25")
    expect(tab.get_by_role("row", name="Sent Siding")).to_have_count(0)
    rows = tab.get_by_role("region", name="Synced").locator("tbody tr")
    expect(rows.first).to_contain_text("Sent Steel")
    amount = tab.get_by_role("button", name="Sort by amount")
    amount.focus()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Enter")
    expect(rows.first).to_contain_text("Sent Sitework")
    picture(tab, "synced-list")
    tab.get_by_label("Approved by").select_option("Ben")
    expect(rows).to_have_count(1)
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["title"], row["answered_by_name"], row["amount"]) == ("Sent Steel", "Ben", "5000.00")
    tab.reload()
    expect(tab.get_by_label("From")).to_have_value("2026-05-01")
    expect(rows).to_have_count(1)
    rows.first.click()
    expect(tab.get_by_role("dialog")).to_contain_text("Accepted and written by Ben")


def test_e2_a_synced_record_that_was_changed_in_procore_is_found_and_says_what_differs(
    visit: Any, page: PageAirflow, sent: None
) -> None:
    with psycopg.connect(page.warehouse_url) as connection:
        for field, exported, held in (
            ("locked", "true", "false"),
            ("01-500.L", '"1250.00"', '"1300.00"'),
            ("02-300.E", "null", '"75.00"'),
        ):
            connection.execute(
                "insert into export.drift (object_name, company_code, project_id, record_id, spectrum_key, field,"
                " exported, held, message, remedy) values ('commitments', '1', '501', 's2', 'S', %s, %s, %s, 'm', %s)",
                [field, exported, held, f"change {field} back there"],
            )
    try:
        tab = visit("vera", "export/synced?object=commitments")
        expect(tab.get_by_role("link", name="Synced").locator(".count")).to_have_class("count bad")
        expect(tab.get_by_role("alert")).to_contain_text("1 record was changed in Procore after the export.")
        expect(tab.get_by_role("row", name="Sent Sitework")).not_to_contain_text("Changed in Procore")
        tab.get_by_label("Since then").select_option("Changed in Procore")
        rows = tab.get_by_role("region", name="Synced").locator("tbody tr")
        expect(rows).to_have_count(1)
        expect(rows.first).to_contain_text("Changed in Procore")
        rows.first.focus()
        tab.keyboard.press("Enter")
        changes = tab.get_by_role("dialog").get_by_role("region", name="Changed in Procore after the export")
        for row, was, now in (
            ("Locked", "yes", "no"),
            ("01-500.L", "1250.00", "1300.00"),
            ("02-300.E", "nothing", "75.00"),
        ):
            cells = changes.get_by_role("row", name=row).locator("td")
            expect(cells.nth(1)).to_have_text(was)
            expect(cells.nth(2)).to_have_text(now)
        expect(changes).to_contain_text("Change 02-300.E back there.")
        picture(tab, "changed-after-the-export")
    finally:
        with psycopg.connect(page.warehouse_url) as connection:
            connection.execute("delete from export.drift where record_id = 's2'")
    totals = page.get("vera", "api/export/synced", object="commitments").json()["totals"]
    assert totals == [{"object_name": "commitments", "records": 3, "amount": "5080.35"}]
