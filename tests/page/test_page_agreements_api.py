"""A job's contracts, billings, subcontracts and purchase orders: every figure is the sum of what is shown behind it.

What a site does not show is said in words, and is never 0 (M8, O3).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import psycopg

from tests.page.page_airflow import PageAirflow

JOB = "24-0003"


def _agreements(page: PageAirflow, job: str = JOB, company: str = "1") -> dict[str, Any]:
    found: dict[str, Any] = page.get("vera", "api/job/agreements", company=company, job=job).json()
    return found


def _behind(page: PageAirflow, route: str, **query: Any) -> tuple[list[dict[str, Any]], Decimal]:
    """All rows behind a figure, page by page, and the total that each page says."""
    rows, offset, totals = [], 0, set()
    while offset is not None:
        part = page.get("vera", f"api/job/{route}", company="1", job=JOB, offset=offset, **query).json()
        rows += part["rows"]
        totals.add(part["total"])
        offset = part["next"]
    (total,) = totals
    return rows, Decimal(total)


def _sum(rows: list[dict[str, Any]], name: str = "amount") -> Decimal:
    return sum((Decimal(row[name]) for row in rows if row.get("counted", True)), Decimal(0))


@contextmanager
def _changed(page: PageAirflow, statement: str, back: str) -> Iterator[None]:
    with psycopg.connect(page.warehouse_url, autocommit=True) as connection:
        connection.execute(statement.encode())
        try:
            yield
        finally:
            connection.execute(back.encode())


def test_a_contract_is_its_lines_and_the_changes_that_count(page: PageAirflow) -> None:
    """A change counts with a change order, or with a status of a type of the settings; a priced one does not."""
    rows = {row["customer_code"]: row for row in _agreements(page)["customers"]}
    assert set(rows) == {"C3", "C19"}, "the job has two contracts"
    for code, row in rows.items():
        lines, total = _behind(page, "customer", what="schedule_of_values", customer=code)
        assert _sum(lines) == total == Decimal(row["original_contract"])
    main = rows["C3"]
    changes, total = _behind(page, "customer", what="changes", customer="C3")
    assert [(row["change_request_number"], row["counted"]) for row in changes] == [
        ("901", True),
        ("902", True),
        ("903", False),
    ]
    assert _sum(changes) == total == Decimal(main["approved_changes"]) == Decimal("20500.25")
    assert Decimal(main["revised_contract"]) == Decimal(main["original_contract"]) + total


def test_billings_are_the_newest_application_and_the_invoices_that_were_not_reversed(page: PageAirflow) -> None:
    row = next(each for each in _agreements(page)["customers"] if each["customer_code"] == "C3")
    applications, total = _behind(page, "customer", what="applications", customer="C3")
    newest = applications[0]
    assert newest["application_number"] == row["application_number"] == "10", "by its month, not by its text"
    assert Decimal(newest["complete_to_date"]) + Decimal(newest["material_stored"]) == total == Decimal(row["applied"])
    assert Decimal(newest["retained"]) == Decimal(row["retained"])
    invoices, total = _behind(page, "customer", what="invoices", customer="C3")
    assert len(invoices) == 9
    assert [each["invoice_or_transaction"] for each in invoices if not each["counted"]] == ["0003-3"]
    assert _sum(invoices) == total == Decimal(row["invoiced"])
    owed, total = _behind(page, "customer", what="receivables", customer="C3")
    assert _sum(owed) == total == Decimal(row["open_amount"])
    assert {each["invoice_or_transaction"] for each in owed} == {"0003-8", "0003-9"}
    assert [each["open_amount"] is not None for each in invoices[:3]] == [True, True, False]


def test_subcontracts_and_orders_are_their_lines(page: PageAirflow) -> None:
    found = _agreements(page)
    contracts = {row["subcontract_number"]: row for row in found["subcontracts"]}
    for number, row in contracts.items():
        lines, total = _behind(page, "subcontract", vendor="ACME", number=number)
        assert _sum(lines) == total == Decimal(row["revised_amount"])
        assert Decimal(row["balance"]) == total - Decimal(row["invoiced"])
        assert row["overbilled"] is (number == "S09250")
    invoices, total = _behind(page, "subcontract", vendor="ACME", number="S05120", what="invoices")
    assert _sum(invoices) == total == Decimal(contracts["S05120"]["invoiced"])
    assert [row["po_number"] for row in found["orders"]] == ["PO00031", "PO00032"]
    for row in found["orders"]:
        lines, total = _behind(page, "order", number=row["po_number"])
        assert _sum(lines) == total == Decimal(row["ordered_amount"]) == Decimal("30000.75")
        assert _sum(lines, "received_amount") == Decimal(row["received_amount"])
        open_amount = _sum(lines, "open_amount")
        assert open_amount == Decimal(row["open_amount"]) == Decimal("14000.50"), "the second came beyond its amount"


def test_a_committed_amount_has_purchase_orders_behind_it(page: PageAirflow) -> None:
    lines = page.get("vera", "api/job", company="1", job=JOB).json()["lines"]
    committed = {(line["phase_code"], line["cost_type"]): Decimal(line["committed_cost"]) for line in lines}
    assert committed["03300", "M"] == Decimal("36001.50")
    for (phase, cost_type), amount in committed.items():
        found = page.get("vera", "api/commitments", company="1", job=JOB, phase=phase, cost_type=cost_type).json()
        assert Decimal(found["total"] or 0) == amount
    found = page.get("vera", "api/commitments", company="1", job=JOB, phase="03300", cost_type="M").json()
    assert [(row["kind"], row["document_number"]) for row in found["rows"]] == [
        ("purchase order", "PO00031"),
        ("purchase order", "PO00032"),
    ]


def test_what_was_never_staged_is_not_known(page: PageAirflow) -> None:
    unknown = _agreements(page, company="2")["unknown"]
    assert unknown["contracts"].startswith("Not known: prime contracts of company 2 are not staged")
    assert all(reason and reason.startswith("Not known") for reason in unknown.values())
    assert set(_agreements(page)["unknown"].values()) == {None}
    assert page.get("vera", "api/job/agreements", company="7", job=JOB).status_code == 404


def test_what_a_site_does_not_show_is_not_known(page: PageAirflow) -> None:
    """A table that the newest sync had to leave out, and a part of a key without which rows tell nothing."""
    hide = "update sync.runs set company_code = '{}' where company_code = '{}' and table_name = 'open_receivables'"
    with _changed(page, hide.format("hidden", "1"), hide.format("1", "hidden")):
        unknown = _agreements(page)["unknown"]
        assert unknown["receivables"] == "Not known: this site does not show open receivables, so they are not staged."
        assert unknown["invoices"] is None
    part = "update sync.landing_tables set absent = '{%s}' where table_name = 'change_request_revenues'"
    with _changed(page, part % "change_request_number", part % ""):
        assert _agreements(page)["unknown"]["changes"] == (
            "Not known: this site does not show the change request number of change request revenues."
        )


def test_changes_whose_customer_is_not_shown_are_of_the_job(page: PageAirflow) -> None:
    hide = "update spectrum.change_request_revenues set customer_code = '' where job_number = '24-0003'"
    back = "update spectrum.change_request_revenues set customer_code = 'C3' where job_number = '24-0003'"
    with _changed(page, hide, back):
        rows = {row["customer_code"]: row for row in _agreements(page)["customers"]}
        assert Decimal(rows[""]["approved_changes"]) == Decimal("20500.25")
        assert rows[""]["has_contract"] is False
        assert rows[""]["original_contract"] is None
        assert Decimal(rows["C3"]["approved_changes"]) == 0
        changes, total = _behind(page, "customer", what="changes", customer="")
        assert total == Decimal("20500.25")
        assert len(changes) == 3
