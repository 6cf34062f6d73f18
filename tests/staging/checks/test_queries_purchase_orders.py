"""The checks of purchase orders on real PostgreSQL: what an accountant is told of, and when they stay silent."""

from tests.staging.checks.conftest import Warehouse, good_row

ORDERS, LINES = "purchase_orders", "purchase_order_lines"


def test_lines_add_up_to_the_order_less_tax_and_freight(warehouse: Warehouse) -> None:
    slices = {LINES: f"landing.{LINES}"}
    whole = {"po_total_amount": "115.00", "tax_total": "10.00", "total_freight": "5.00"}
    warehouse.land(
        ORDERS,
        good_row(ORDERS, 1, **whole),
        good_row(ORDERS, 2, **whole | {"po_total_amount": "116.00"}),
        good_row(ORDERS, 3, **whole),
        good_row(ORDERS, 4, po_total_amount="0.00", tax_total=None, total_freight=None),
        good_row(ORDERS, 5, po_total_amount=None),
    )
    warehouse.land(LINES)
    assert warehouse.check(ORDERS, slices)["lines_add_up"].status == "passed", "silent while no line has been read"
    for number in (1, 2):
        for line, amount in (("1", "60.00"), ("2", "40.00")):
            warehouse.land(LINES, good_row(LINES, number, line_number=line, line_extension=amount))
    result = warehouse.check(ORDERS, slices)["lines_add_up"]
    assert (result.status, result.rows_failed) == ("warned", 2)
    assert {(e["po_number"], e["difference"]) for e in result.examples} == {
        ("po_number-2", "1.00"),
        ("po_number-3", "100.00"),
    }


def test_lines_of_an_order_that_is_not_there(warehouse: Warehouse) -> None:
    slices = {ORDERS: f"landing.{ORDERS}"}
    warehouse.land(LINES, good_row(LINES, 1), good_row(LINES, 2))
    warehouse.land(ORDERS)
    assert warehouse.check(LINES, slices)["order_is_there"].status == "passed", "silent while no order has been read"
    warehouse.land(ORDERS, good_row(ORDERS, 1, job_number="another"))
    result = warehouse.check(LINES, slices)["order_is_there"]
    assert (result.status, result.examples) == ("warned", [{"po_number": "po_number-2", "row_count": 1}])


def test_more_received_than_ordered_and_returns(warehouse: Warehouse) -> None:
    for number, (ordered, received) in enumerate(
        (("100.00", "100.00"), ("100.00", "100.01"), ("-50.00", "-50.00"), ("-50.00", "0.00"), ("0.00", "3.00")), 1
    ):
        warehouse.land(LINES, good_row(LINES, number, line_extension=ordered, received_extension=received))
    result = warehouse.check(LINES)["received_within_ordered"]
    assert (result.status, result.rows_failed) == ("warned", 2)
    assert {e["above_ordered"] for e in result.examples} == {"0.01", "3.00"}


def test_a_line_without_a_job_refers_to_none_and_one_with_a_job_needs_phase_and_cost_type(warehouse: Warehouse) -> None:
    warehouse.stage("jobs", good_row("jobs", 1))
    warehouse.stage("project_cost_codes", good_row("project_cost_codes", 1))
    warehouse.land(
        LINES,
        good_row(LINES, 1),
        good_row(LINES, 2, job_number=None, phase_code=None, cost_type=None),
        good_row(LINES, 3, job_number="job_number-1", phase_code=None),
    )
    results = warehouse.check(LINES)
    assert (results["job_is_staged"].status, results["phase_is_staged"].status) == ("passed", "passed")
    told = results["job_has_phase_and_cost_type"]
    assert [(e["job_number"], e["phase_code"], e["cost_type"]) for e in told.examples] == [
        ("job_number-1", None, "cost_type-3")
    ]


def test_m4_an_order_with_a_line_whose_amount_the_site_lacks_is_not_compared(warehouse: Warehouse) -> None:
    warehouse.land(ORDERS, good_row(ORDERS, 1, po_total_amount="100.00", tax_total=None, total_freight=None))
    warehouse.land(LINES, good_row(LINES, 1, line_extension=None))
    assert warehouse.check(ORDERS, {LINES: f"landing.{LINES}"})["lines_add_up"].status == "passed"
