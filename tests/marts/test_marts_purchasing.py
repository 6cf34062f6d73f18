"""M6: what is promised, ordered and owed, case by case: commitments, open purchase orders, payables by job."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from mart_oracle import assert_right
from staged_rows import StagedRows


@pytest.fixture
def staged(warehouse_database: str) -> StagedRows:
    """A warehouse with every staged table, and the marts of nothing."""
    rows = StagedRows(warehouse_database)
    with rows.sync() as sync:
        sync.landing("subcontracts")
        sync.landing("subcontract_items")
    rows.marts()
    return rows


COMMITTED = (
    "select job_number, phase_code, cost_type, committed_cost from marts.job_cost_summary"
    " where committed_cost <> 0 order by 1, 2, 3"
)
LINE = {"phase_code": "0100", "cost_type": "M", "line_extension": 100, "received_extension": 0}


def test_m6_a_line_of_an_order_is_committed_on_its_own_job(staged: StagedRows) -> None:
    """The order's job is another one; a line without a phase is on a job, and on no budget line."""
    with staged.sync() as sync:
        sync.put("purchase_orders", po_number="P1", vendor_code="V1", job_number="HEADER", po_total_amount=175)
        sync.put("purchase_order_lines", po_number="P1", line_number="1", job_number="J1", **LINE)
        sync.put("purchase_order_lines", po_number="P1", line_number="2", job_number="J2", **LINE | {"cost_type": "S"})
        sync.put("purchase_order_lines", po_number="P1", line_number="3", job_number="J1", line_extension=50)
        sync.put("purchase_order_lines", po_number="P1", line_number="4", line_extension=25)
    staged.marts()
    assert staged.ask(COMMITTED) == [("J1", "0100", "M", 100), ("J2", "0100", "S", 100)]
    assert staged.ask(
        "select job_number, vendor_code, phase_code, committed_amount from marts.commitments order by 1, 3"
    ) == [
        ("J1", "V1", "", 50),
        ("J1", "V1", "0100", 100),
        ("J2", "V1", "0100", 100),
    ]
    assert_right(staged)


def test_m6_a_line_that_moves_to_another_job_is_committed_there_alone(staged: StagedRows) -> None:
    with staged.sync() as sync:
        sync.put("purchase_order_lines", po_number="P1", line_number="1", job_number="J1", **LINE)
    staged.marts()
    with staged.sync() as sync:
        sync.put("purchase_order_lines", po_number="P1", line_number="1", job_number="J2", **LINE)
    staged.marts()
    assert staged.ask(COMMITTED) == [("J2", "0100", "M", 100)]
    assert staged.ask("select count(*) from marts.job_cost_summary") == [(1,)]
    assert_right(staged)


def test_m6_an_order_is_committed_whole_and_open_by_what_is_not_received(staged: StagedRows) -> None:
    """What came beyond one line does not make up for another; an order that is deleted promises nothing."""
    open_lines = "select line_number, ordered_amount, received_amount, open_amount from marts.open_purchase_orders"
    with staged.sync() as sync:
        sync.put("purchase_orders", po_number="P1", vendor_code="V1", delivery_date=date(2026, 3, 1))
        for line, received in (("1", 0), ("2", 30), ("3", 120), ("4", 100)):
            row = LINE | {"received_extension": received}
            sync.put("purchase_order_lines", po_number="P1", line_number=line, job_number="J1", **row)
    staged.marts()
    assert staged.ask("select committed_amount, incurred_amount, open_amount from marts.commitments") == [
        (400, 250, 170)
    ]
    assert staged.ask(f"{open_lines} order by 1") == [("1", 100, 0, 100), ("2", 100, 30, 70)]
    assert staged.ask(COMMITTED) == [("J1", "0100", "M", 400)]
    assert_right(staged)
    with staged.sync() as sync:
        sync.take("purchase_orders", po_number="P1")
    staged.marts()
    assert staged.ask(COMMITTED) == []
    assert staged.ask(open_lines) == []
    assert_right(staged)


def test_m6_an_order_and_a_subcontract_add_up_on_a_phase(staged: StagedRows) -> None:
    subcontract = {"job_number": "J1", "vendor_code": "V1", "subcontract_number": "S1"}
    code = {"phase_code": "0100", "cost_type": "M"}
    with staged.sync() as sync:
        sync.put("purchase_order_lines", po_number="P1", line_number="1", job_number="J1", **LINE)
        sync.put("subcontracts", **subcontract, status_code="A")
        line = {"original_contract_amount": 1000, "amount_billed_to_date": 400}
        sync.put("subcontract_items", **subcontract, **code, **line, bid_item_number="")
        change = {"change_request_number": "R1", "sub_amount": -50, "sub_status": "E"}
        sync.put("subcontract_changes", **subcontract, **code, **change)
    staged.marts()
    assert staged.ask(COMMITTED) == [("J1", "0100", "M", 1050)]
    kinds = (
        "select kind, original_amount, executed_changes, incurred_amount, open_amount from marts.commitments order by 1"
    )
    assert staged.ask(kinds) == [("purchase order", 100, 0, 0, 100), ("subcontract", 1000, -50, 400, 550)]
    assert_right(staged)


def test_m6_a_change_on_a_phase_without_a_line_is_still_to_come(staged: StagedRows) -> None:
    """Nothing is invoiced on it; it is not known only where the site shows of no line what is invoiced."""
    subcontract = {"job_number": "J1", "vendor_code": "V1", "subcontract_number": "S1"}
    line = {"phase_code": "033000", "cost_type": "S", "bid_item_number": "", "original_contract_amount": 100_000}
    rows = "select phase_code, incurred_amount, open_amount from marts.commitments order by 1"
    with staged.sync() as sync:
        sync.put("subcontract_items", **subcontract, **line)
        sync.put(
            "subcontract_changes",
            **subcontract,
            **{"phase_code": "042000", "cost_type": "S", "change_request_number": "R1"},
            **{"sub_amount": 20_000, "sub_status": "E"},
        )
    staged.marts()
    assert staged.ask(rows) == [("033000", None, None), ("042000", None, None)]
    assert_right(staged)
    with staged.sync() as sync:
        sync.put("subcontract_items", **subcontract, **line, amount_billed_to_date=40_000)
    staged.marts()
    assert staged.ask(rows) == [("033000", 40_000, 60_000), ("042000", 0, 20_000)], "80,000 are still to come"
    assert_right(staged)
    with staged.sync() as sync:
        sync.put("subcontract_items", **subcontract, **line)
    staged.marts()
    assert staged.ask(rows) == [("033000", None, None), ("042000", None, None)], "it is shown no longer"


def test_m6_open_orders_add_up_to_what_is_open_of_commitments_with_credits(staged: StagedRows) -> None:
    """A line of -500 takes 500 off; what came of it beyond that takes off no more."""
    with staged.sync() as sync:
        for number, ordered, received in (("1", 10_000, 0), ("2", -500, 0), ("3", -300, -300), ("4", -200, -250)):
            line = {"job_number": "J1", "line_extension": ordered, "received_extension": received}
            sync.put("purchase_order_lines", po_number="P1", line_number=number, **LINE | line)
    staged.marts()
    assert staged.ask("select line_number, open_amount from marts.open_purchase_orders order by 1") == [
        ("1", 10_000),
        ("2", -500),
    ]
    assert staged.ask("select open_amount from marts.commitments") == [(9_500,)]
    assert_right(staged)


INVOICE = {"vendor_code": "V1", "invoice_number": "I1", "invoice_type_code": "I"}
PAYABLES = (
    "select job_company_code, job_number, job_amount, invoice_amount, paid_amount, open_amount, job_open_amount,"
    " job_paid_amount from marts.payables_by_job order by 1, 2"
)


def test_m6_each_job_bears_its_lines_and_what_is_open_is_divided_to_the_cent(staged: StagedRows) -> None:
    """Never a share of the header's amount; a line posted to another company is on its job."""
    with staged.sync() as sync:
        sync.put("vendor_invoices", **INVOICE, invoice_amount=100, retention_amount=10)
        third = Decimal("33.33")
        lines = [("J1", None, 40, 0), ("J1", None, 0, Decimal("6.67")), ("J2", None, third, 0), ("J1", "2", third, 0)]
        for number, (job, company, debit, credit) in enumerate([*lines, (None, None, Decimal("0.01"), 0)]):
            sync.put(
                "vendor_invoice_distributions",
                **INVOICE,
                **{"sequence": str(number), "job_number": job, "company_code_2": company},
                **{"debit_amount": debit, "credit_amount": credit},
            )
        for number, amount, discount in (("1", 30, 1), ("2", 19, None)):
            sync.put(
                "vendor_payments", **INVOICE, payment_number=number, payment_amount=amount, discount_taken=discount
            )
    staged.marts()
    found = staged.ask(PAYABLES)
    assert [row[:6] for row in found] == [
        ("1", "", Decimal("0.01"), 100, 49, 50),
        ("1", "J1", Decimal("33.33"), 100, 49, 50),
        ("1", "J2", Decimal("33.33"), 100, 49, 50),
        ("2", "J1", Decimal("33.33"), 100, 49, 50),
    ]
    assert sum(row[6] for row in found) == 50
    assert all(abs(row[6] - row[2] / 2) <= Decimal("0.01") for row in found)
    assert_right(staged)


def test_m6_a_credit_is_below_0_and_a_job_that_bears_nothing_any_more_is_gone(staged: StagedRows) -> None:
    credit = INVOICE | {"invoice_type_code": "C"}
    with staged.sync() as sync:
        sync.put("vendor_invoices", **credit, invoice_amount=80)
        sync.put("vendor_invoice_distributions", **credit, sequence="1", job_number="J1", credit_amount=80)
        sync.put("vendor_payments", **credit, payment_number="1", payment_amount=30)
    staged.marts()
    assert staged.ask(PAYABLES) == [("1", "J1", -80, -80, -30, -50, -50, -30)]
    with staged.sync() as sync:
        sync.put("vendor_invoice_distributions", **credit, sequence="1", job_number="J2", credit_amount=80)
        sync.take("vendor_invoices", vendor_code="V1", invoice_number="I1", invoice_type_code="C")
    staged.marts()
    assert staged.ask(PAYABLES) == [("1", "J2", -80, None, -30, None, None, None)], "what is owed is not known"
    assert_right(staged)


def test_m6_what_lines_do_not_bear_of_an_invoice_is_owed_without_a_job(staged: StagedRows) -> None:
    """A line that is rejected, or all of them, makes no payment, and takes nothing from what is owed."""
    with staged.sync() as sync:
        sync.put("vendor_invoices", **INVOICE, invoice_amount=1000)
        sync.put("vendor_invoice_distributions", **INVOICE, sequence="1", job_number="J1", debit_amount=600)
        sync.put("vendor_invoices", **INVOICE | {"invoice_number": "I2"}, invoice_amount=5000)
        sync.landing("vendor_payments")
    staged.marts()
    rows = f"{PAYABLES}, invoice_number"
    assert staged.ask(rows) == [
        ("1", "", 0, 1000, 0, 1000, 400, 0),
        ("1", "", 0, 5000, 0, 5000, 5000, 0),
        ("1", "J1", 600, 1000, 0, 1000, 600, 0),
    ]
    assert_right(staged)
    with staged.sync() as sync:
        sync.put("vendor_payments", **INVOICE, payment_number="1", payment_amount=500)
    staged.marts()
    assert staged.ask(rows) == [
        ("1", "", 0, 1000, 500, 500, 200, 200),
        ("1", "", 0, 5000, 0, 5000, 5000, 0),
        ("1", "J1", 600, 1000, 500, 500, 300, 300),
    ]
    with staged.sync() as sync:
        line = {"sequence": "2", "job_number": "J2", "debit_amount": 400}
        sync.put("vendor_invoice_distributions", **INVOICE, **line)
        sync.take("vendor_invoices", **INVOICE | {"invoice_number": "I2"})
    staged.marts()
    assert staged.ask(rows) == [
        ("1", "J1", 600, 1000, 500, 500, 300, 300),
        ("1", "J2", 400, 1000, 500, 500, 200, 200),
    ], "the line is staged now, and the other invoice is gone"
    assert_right(staged)


def test_m6_of_an_invoice_of_0_the_jobs_bear_their_lines_and_no_payment(staged: StagedRows) -> None:
    with staged.sync() as sync:
        sync.put("vendor_invoices", **INVOICE, invoice_amount=0)
        sync.put("vendor_invoice_distributions", **INVOICE, sequence="1", job_number="J1", debit_amount=50)
        sync.put("vendor_invoice_distributions", **INVOICE, sequence="2", job_number="J2", credit_amount=50)
    staged.marts()
    assert [row[6:] for row in staged.ask(PAYABLES)] == [(50, 0), (-50, 0)]
    with staged.sync() as sync:
        sync.put("vendor_payments", **INVOICE, payment_number="1", payment_amount=7)
    staged.marts()
    assert [row[6:] for row in staged.ask(PAYABLES)] == [(-7, 7), (50, 0), (-50, 0)]
    assert_right(staged)


def test_m6_a_payment_of_the_whole_invoice_leaves_nothing_open_whatever_its_discount(staged: StagedRows) -> None:
    """Whether a payment is before or after its discount is not documented."""
    with staged.sync() as sync:
        for number, paid, discount in (("I1", 98, 2), ("I2", 100, 2), ("I3", 100, 0), ("I4", 49, 1)):
            invoice = INVOICE | {"invoice_number": number}
            sync.put("vendor_invoices", **invoice, invoice_amount=100)
            sync.put("vendor_invoice_distributions", **invoice, sequence="1", job_number="J1", debit_amount=100)
            sync.put("vendor_payments", **invoice, payment_number="1", payment_amount=paid, discount_taken=discount)
    staged.marts()
    assert staged.ask(
        "select invoice_number, open_amount, job_open_amount, job_paid_amount from marts.payables_by_job order by 1"
    ) == [("I1", 0, 0, 100), ("I2", 0, 0, 100), ("I3", 0, 0, 100), ("I4", 50, 50, 50)]
    assert_right(staged)


def test_m6_an_amount_that_the_site_does_not_show_is_not_known_rather_than_0(staged: StagedRows) -> None:
    """Of an order with one such line neither sum is known, and the line may be open."""
    with staged.sync() as sync:
        sync.put("purchase_orders", po_number="P1", vendor_code="V1")
        for line, ordered, received in (("1", None, 30), ("2", 100, 40), ("3", 100, None)):
            row = LINE | {"line_extension": ordered, "received_extension": received}
            sync.put("purchase_order_lines", po_number="P1", line_number=line, job_number=f"J{line}", **row)
        bill = {"vendor_code": "V1", "invoice_number": "I1", "invoice_type_code": "I"}
        sync.put("vendor_invoices", **bill, invoice_amount=100)
        sync.put("vendor_invoice_distributions", **bill, sequence="1", job_number="J1", debit_amount=100)
        sync.put("vendor_payments", **bill, payment_number="1", payment_amount=None)
    staged.marts()
    assert staged.ask(
        "select job_number, committed_amount, incurred_amount, open_amount from marts.commitments order by 1"
    ) == [("J1", None, 30, None), ("J2", 100, 40, 60), ("J3", 100, None, None)]
    assert staged.ask("select line_number, open_amount from marts.open_purchase_orders order by 1") == [
        ("1", None),
        ("2", 60),
        ("3", None),
    ]
    assert staged.ask("select job_number, committed_cost from marts.job_cost_summary order by 1") == [
        ("J1", None),
        ("J2", 100),
        ("J3", 100),
    ]
    assert staged.ask(
        "select paid_amount, open_amount, job_paid_amount, job_open_amount from marts.payables_by_job"
    ) == [(None, None, None, None)]


def test_m6_what_is_paid_is_not_known_where_payments_are_not_shown(staged: StagedRows) -> None:
    """The last sync landed invoices, and no table of payments: `optional` tables that are not shown are left out."""
    bill = {"vendor_code": "V1", "invoice_number": "I1", "invoice_type_code": "I"}
    with staged.sync() as sync:
        sync.put("vendor_invoices", **bill, invoice_amount=100)
        sync.put("vendor_invoice_distributions", **bill, sequence="1", job_number="J1", debit_amount=100)
    staged.marts()
    assert staged.ask("select job_amount, paid_amount, discount_taken, open_amount from marts.payables_by_job") == [
        (100, None, None, None)
    ]


def test_m6_where_a_site_begins_or_ceases_to_show_payments_it_is_known_of_every_invoice(staged: StagedRows) -> None:
    """Of an invoice that nobody has paid nothing has changed but that this is known now, or no longer."""
    paid = "select invoice_number, paid_amount, open_amount, job_open_amount from marts.payables_by_job order by 1"

    def invoice(number: str) -> None:
        bill = INVOICE | {"invoice_number": number}
        sync.put("vendor_invoices", **bill, invoice_amount=100)
        sync.put("vendor_invoice_distributions", **bill, sequence="1", job_number="J1", debit_amount=100)

    with staged.sync() as sync:
        invoice("I1")
    staged.marts()
    with staged.sync() as sync:
        invoice("I2")
        sync.put("vendor_payments", **INVOICE | {"invoice_number": "I2"}, payment_number="1", payment_amount=30)
    assert staged.marts()["payables_by_job"] == 2
    assert staged.ask(paid) == [("I1", 0, 100, 100), ("I2", 30, 70, 70)]
    assert_right(staged)
    with staged.sync() as sync:
        sync.landing("vendor_invoices")
    staged.marts()
    assert staged.ask(paid) == [("I1", None, None, None), ("I2", 30, 70, 70)]


def test_m6_a_vendor_of_another_company_is_not_the_own_one_of_the_same_code(staged: StagedRows) -> None:
    """The company that owns the vendor is not always the job's."""
    posting = {"job_number": "J1", "phase_code": "0100", "cost_type": "M", "tran_date": date(2026, 1, 5)}
    spend = "select vendor_company_code, vendor_code, vendor_name, amount from marts.vendor_spend order by 1, 4"
    with staged.sync("2") as sync:
        sync.put("vendors", vendor_code="V1", vendor_name="Theirs")
    with staged.sync() as sync:
        sync.put("vendors", vendor_code="V1", vendor_name="Ours")
        for owner, amount in ((None, 10), ("1", 20), ("2", 400)):
            sync.post(**posting, vendor_code="V1", ap_company_code=owner, tran_amount=amount)
    staged.marts()
    assert staged.ask(spend) == [("1", "V1", "Ours", 30), ("2", "V1", "Theirs", 400)]
    assert_right(staged)
    with staged.sync("2") as sync:
        sync.put("vendors", vendor_code="V1", vendor_name="Theirs, renamed")
    with staged.sync() as sync:
        sync.post(**posting, vendor_code="V1", ap_company_code="2", tran_amount=5)
    staged.marts()
    assert staged.ask(spend) == [("1", "V1", "Ours", 30), ("2", "V1", "Theirs, renamed", 405)]
    assert_right(staged)
