"""The checks of customers, change requests and billings: what they report and when they stay silent (M3)."""

from collections.abc import Mapping
from typing import Any

from tests.staging.checks.conftest import Warehouse, good_row

Row = Mapping[str, Any]


def test_change_requests_among_themselves(warehouse: Warehouse) -> None:
    """O3, H2: statuses are the company's, a number is one customer's, and lines have a request, phase and item."""
    names = ("job_number", "customer_code", "change_request_number")
    first, second, other = (good_row("change_requests", n, status=s) for n, s in ((1, "AP"), (2, None), (3, "ZZ")))
    twice = other | {"customer_code": "another"}
    second["change_order_number"] = None
    warehouse.land("change_requests", first, second, other, twice)
    warehouse.land("change_request_statuses", good_row("change_request_statuses", status_code="AP"))

    def line(table: str, request: Row, **changes: Any) -> Row:
        return good_row(table, 1, **{name: request[name] for name in names} | changes)

    lost = {**first, "change_request_number": "lost"}
    costs = "change_request_costs"
    warehouse.land(
        costs,
        line(costs, first),
        line(costs, first, phase_code="", cost_type="", change_request_amount="7.50"),
        line(costs, second, phase_code="", cost_type=""),
        line(costs, lost),
    )
    revenues = "change_request_revenues"
    warehouse.land(
        revenues,
        line(revenues, first, billing_item="1"),
        line(revenues, first, billing_item="9"),
        line(revenues, second, billing_item="9"),
        line(revenues, first, billing_item=""),
        line(revenues, first, billing_item="1", change_request_number=""),
    )
    contract = {name: first[name] for name in ("job_number", "customer_code")}
    warehouse.stage("prime_contract_items", good_row("prime_contract_items", **contract, billing_item="1"))
    slices = {name: f"landing.{name}" for name in ("change_requests", "change_request_statuses")}
    found = warehouse.check("change_requests", slices)
    assert [found[name].rows_failed for name in ("known_status", "status_is_there", "one_customer_a_number")] == [
        2,
        1,
        2,
    ]
    found = warehouse.check(costs, slices)
    assert [found[name].rows_failed for name in ("request_is_there", "change_order_has_a_phase")] == [1, 1]
    assert "7.50 in all" in found["change_order_has_a_phase"].message
    found = warehouse.check(revenues, slices)
    assert [found[name].rows_failed for name in ("request_is_there", "billing_item_is_staged")] == [0, 1]


def test_applications_follow_each_other(warehouse: Warehouse) -> None:
    """O3: customer by customer of a job, by the end of the period, whether what was billed holds retention or not."""

    def bill(number: str, month: int, complete: str, previous: str, **changes: Any) -> Row:
        amounts = {"retention_amount": "1.00", "material_stored": None, "material_stored_retention": None}
        contract = {"original_contract_amount": "80.00", "change_order_total": "20.00"}
        bill = {"application_number": number, "period_end_date": f"2026-{month:02d}-28"}
        values = {"complete_to_date": complete, "amount_billed_previous": previous, "amount_due": "0.00"}
        return good_row("billing_applications", 1, **amounts | contract | bill | values | changes)

    other = {"customer_code": "second stream"}
    rows = [
        bill("2", 2, "20.00", "10.00"),
        bill("1", 1, "10.00", "0.00"),
        bill("10", 3, "30.00", "19.00"),
        bill("11", 4, "25.00", "31.00"),
        bill("12", 5, "101.00", "25.00", revised_contract_amount="99.00"),
        bill("1", 5, "5.00", "0.00", **other),
        bill("2", 6, "5.00", "5.00", **other, original_contract_amount="81.00", change_order_total="19.00"),
    ]
    warehouse.land("billing_applications", *rows)
    staged = {name: rows[0][name] for name in ("job_number",)}
    for customer in (rows[0]["customer_code"], other["customer_code"]):
        warehouse.stage(
            "prime_contracts", good_row("prime_contracts", **staged, customer_code=customer, original_contract="80.00")
        )
    found = warehouse.check("billing_applications")
    told = {name: [row["application_number"] for row in found[name].examples] for name in found if found[name].examples}
    assert told == {
        "complete_does_not_fall": ["11"],
        "previous_agrees": ["11"],
        "complete_within_contract": ["12"],
        "revised_adds_up": ["12"],
        "contract_agrees": ["2"],
    }


def test_invoices_lines_and_open_items(warehouse: Warehouse) -> None:
    """O3: lines add up with or without tax and retention; nothing is open of a reversed invoice, or beyond one."""
    names = ("customer_code", "invoice_or_transaction", "transaction_type")
    amounts = {"sales_tax_amount": "7.00", "retention_amount": "10.00", "invoice_extension": "107.00"}
    invoices = [good_row("receivable_invoices", number, **amounts) for number in range(1, 7)]
    invoices[5]["reversed"] = "Y"
    warehouse.land("receivable_invoices", *invoices)
    totals = ("107.00", "100.00", "117.00", "110.00", "99.99", "107.00")
    lines = "receivable_invoice_lines"
    keys = [{name: row[name] for name in names} for row in invoices]
    parts = zip(keys, totals, strict=True)
    warehouse.land(lines, *(good_row(lines, **key, line_extension=total) for key, total in parts))
    warehouse.land(lines, good_row(lines, 9))
    open_items = "open_receivables"
    balances = zip(keys[4:], ("107.01", "5.00"), strict=True)
    warehouse.land(open_items, *(good_row(open_items, **key, invoice_balance=open_) for key, open_ in balances))
    slices = {name: f"landing.{name}" for name in ("receivable_invoices", lines)}
    found = warehouse.check("receivable_invoices", slices)["lines_add_up"]
    assert [row["difference"] for row in found.examples] == ["7.01"]
    assert warehouse.check(lines, slices)["invoice_is_there"].rows_failed == 1
    found_open = warehouse.check(open_items, slices)
    assert found_open["invoice_is_there"].status == "passed"
    assert [row["beyond_invoice"] for row in found_open["balance_within_invoice"].examples] == ["0.01"]
    assert [row["invoice_balance"] for row in found_open["not_reversed"].examples] == ["5.00"]


def test_names_of_customers_are_unique(warehouse: Warehouse) -> None:
    """O3: whatever the letters; an inactive customer and those without a name are not meant."""
    names = ["Acme  Steel", "ACME STEEL", "Brown", "Brown", None, None]
    rows = [good_row("customers", n) | {"name": name} for n, name in enumerate(names)]
    rows[3]["status"] = "I"
    warehouse.land("customers", *rows)
    result = warehouse.check("customers")["names_unique"]
    assert (result.status, result.rows_failed) == ("warned", 2)
    assert result.examples == [
        {"customer_name": "acme steel", "customer_codes": "customer_code-0, customer_code-1", "row_count": 2}
    ]


def test_m4_a_plain_item_whose_type_is_blank_is_looked_for_among_the_invoices(warehouse: Warehouse) -> None:
    invoices, items = "receivable_invoices", "open_receivables"
    slices = {invoices: f"landing.{invoices}"}
    warehouse.land(invoices, good_row(invoices, 1, transaction_type=""))
    warehouse.land(items, good_row(items, 1, transaction_type=""), good_row(items, 2, transaction_type=""))
    assert warehouse.check(items, slices)["invoice_is_there"].rows_failed == 1, "no invoice has a type"
    warehouse.land(invoices, good_row(invoices, 3, transaction_type="C"))
    assert warehouse.check(items, slices)["invoice_is_there"].status == "passed", "the site may not show their types"
    warehouse.land(items, good_row(items, 3, transaction_type="C"))
    assert warehouse.check(items, slices)["invoice_is_there"].rows_failed == 1, "some row has a type"
