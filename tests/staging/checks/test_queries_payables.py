"""The checks of vendor invoices on real PostgreSQL: what an accountant is told of, and when they stay silent."""

from typing import Any

from tests.staging.checks.conftest import Warehouse, good_row

INVOICES, LINES, PAYMENTS = "vendor_invoices", "vendor_invoice_distributions", "vendor_payments"
SLICES = {name: f"landing.{name}" for name in (INVOICES, LINES, PAYMENTS)}
KEY = ("vendor_code", "invoice_number", "invoice_type_code")


def _invoice(number: int, amount: str, kind: str = "I", **changes: Any) -> dict[str, Any]:
    signed = f"-{amount}" if kind == "C" else amount
    amounts = {"invoice_amount": amount, "signed_invoice_amount": signed, "retention_amount": "0.00"}
    return good_row(INVOICES, number, **{"invoice_type_code": kind} | amounts | changes)


def _line(number: int, net: str, kind: str = "I", **changes: Any) -> dict[str, Any]:
    return good_row(LINES, number, **{"invoice_type_code": kind, "net_amount": net} | changes)


def test_distributions_add_up_to_the_invoice_and_below_0_to_a_credit(warehouse: Warehouse) -> None:
    warehouse.land(INVOICES, *(_invoice(n, "100.00") for n in (1, 2, 3)))
    warehouse.land(INVOICES, *(_invoice(n, "30.00", "C") for n in (4, 5)), _invoice(6, "0.00"))
    warehouse.land(LINES)
    assert warehouse.check(INVOICES, SLICES)["distributions_add_up"].status == "passed", "silent without any line"
    warehouse.land(LINES, _line(1, "60.00", sequence="1"), _line(1, "40.00", sequence="2", job_number="another"))
    warehouse.land(LINES, _line(2, "99.99"), _line(4, "-30.00", "C"), _line(5, "30.00", "C"))
    result = warehouse.check(INVOICES, SLICES)["distributions_add_up"]
    assert (result.status, result.rows_failed) == ("warned", 3)
    assert {(e["invoice_number"], e["difference"]) for e in result.examples} == {
        ("invoice_number-2", "0.01"),
        ("invoice_number-3", "100.00"),
        ("invoice_number-5", "-60.00"),
    }


def test_payments_stay_within_the_invoice(warehouse: Warehouse) -> None:
    warehouse.land(INVOICES, *(_invoice(n, "100.00") for n in (1, 2, 3)))
    for number, amounts in ((1, ("60.00", "40.00")), (2, ("60.00", "40.01"))):
        for part, amount in enumerate(amounts, 1):
            paid = {"payment_number": str(part), "payment_amount": amount, "invoice_type_code": "I"}
            warehouse.land(PAYMENTS, good_row(PAYMENTS, number, **paid))
    result = warehouse.check(INVOICES, SLICES)["paid_within_invoice"]
    assert (result.status, result.rows_failed) == ("warned", 1)
    assert [(e["invoice_number"], e["overpaid"]) for e in result.examples] == [("invoice_number-2", "0.01")]


def test_an_invoice_that_was_entered_twice_under_another_spelling(warehouse: Warehouse) -> None:
    same = {"vendor_code": "ACME"}
    numbers = ("INV-12", "inv 0012", "0077", "77", "12-A", "12B", "--", "-", "2024-1-1", "2024-11", "100", "1")
    warehouse.land(INVOICES, *(_invoice(n, "10.00", invoice_number=text, **same) for n, text in enumerate(numbers, 1)))
    warehouse.land(INVOICES, _invoice(20, "10.00", "C", invoice_number="77 ", **same))
    warehouse.land(INVOICES, _invoice(21, "10.00", invoice_number="77", vendor_code="OTHER"))
    result = warehouse.check(INVOICES)["invoiced_once"]
    assert (result.status, result.rows_failed) == ("warned", 4)
    assert {(e["invoice_numbers"], e["amount_of_others"]) for e in result.examples} == {
        ("INV-12, inv 0012", "10.00"),
        ("0077, 77", "10.00"),
    }


def test_lines_and_payments_of_an_invoice_that_is_not_there(warehouse: Warehouse) -> None:
    """One of another type is another invoice."""
    for table in (LINES, PAYMENTS):
        warehouse.land(table, *(good_row(table, n, invoice_type_code="I") for n in (1, 2)))
        warehouse.land(table, good_row(table, 1, invoice_type_code="C"))
    warehouse.land(INVOICES)
    for table in (LINES, PAYMENTS):
        assert warehouse.check(table, SLICES)["invoice_is_there"].status == "passed", "silent without any invoice"
    warehouse.land(INVOICES, _invoice(1, "100.00"))
    for table in (LINES, PAYMENTS):
        result = warehouse.check(table, SLICES)["invoice_is_there"]
        assert (result.status, result.rows_failed) == ("warned", 2)
        assert {tuple(e[name] for name in KEY) for e in result.examples} == {
            ("vendor_code-1", "invoice_number-1", "C"),
            ("vendor_code-2", "invoice_number-2", "I"),
        }


def test_a_line_of_another_companys_job_is_looked_for_there(warehouse: Warehouse) -> None:
    warehouse.stage("jobs", good_row("jobs", 1), good_row("jobs", 2, company_code="2"))
    own: dict[str, Any] = {"job_company_code": "1", "company_code_2": None}
    theirs: dict[str, Any] = {"job_company_code": "2", "company_code_2": "2"}
    warehouse.land(
        LINES,
        _line(1, "1.00", **own),
        _line(2, "1.00", **theirs),
        _line(3, "1.00", job_number="job_number-2", **own),
        _line(4, "1.00", job_number=None, phase_code=None, cost_type=None, **own),
        _line(5, "1.00", job_company_code="3"),
    )
    result = warehouse.check(LINES)["job_is_staged"]
    assert result.examples == [{"job_company_code": "1", "job_number": "job_number-2", "row_count": 1}]


def test_subcontracts_of_the_vendor(warehouse: Warehouse) -> None:
    warehouse.land(
        INVOICES,
        _invoice(1, "1.00"),
        _invoice(2, "1.00", vendor_code="another", subcontract_number="subcontract_number-1"),
        _invoice(3, "1.00", subcontract_number=None),
    )
    assert warehouse.check(INVOICES)["subcontract_is_staged"].status == "passed", "silent without any subcontract"
    warehouse.stage("subcontracts", good_row("subcontracts", 1))
    result = warehouse.check(INVOICES)["subcontract_is_staged"]
    assert result.examples == [{"vendor_code": "another", "subcontract_number": "subcontract_number-1", "row_count": 1}]


def test_no_more_is_retained_than_invoiced(warehouse: Warehouse) -> None:
    kept = (("100.00", "100.00"), ("100.00", "100.01"), ("100.00", None))
    for number, (amount, retained) in enumerate(kept, 1):
        warehouse.land(INVOICES, _invoice(number, amount, retention_amount=retained))
    result = warehouse.check(INVOICES)["retained_within_invoice"]
    assert [e["invoice_number"] for e in result.examples] == ["invoice_number-2"]


def test_m4_checks_are_silent_about_amounts_that_the_site_lacks(warehouse: Warehouse) -> None:
    unknown = {"invoice_amount": None, "signed_invoice_amount": None}
    numbers = ("A-1", "A1")
    warehouse.land(INVOICES, *(good_row(INVOICES, 1, invoice_number=number, **unknown) for number in numbers))
    warehouse.land(INVOICES, _invoice(2, "100.00"))
    warehouse.land(LINES, good_row(LINES, 2, invoice_type_code="I", net_amount=None))
    warehouse.land(PAYMENTS, good_row(PAYMENTS, 1, invoice_number="A1"))
    found = warehouse.check(INVOICES, SLICES)
    assert found["distributions_add_up"].status == "passed"
    assert found["paid_within_invoice"].status == "passed"
    assert found["invoiced_once"].status == "warned"
    assert "of an unknown amount" in found["invoiced_once"].message
