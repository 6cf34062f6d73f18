"""Each query below include/sql/checks on real PostgreSQL: what it reports and when it stays silent (M3)."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest

from spectrum_etl.model.check_result import CheckResult
from tests.staging.checks.conftest import TABLES, Warehouse, good_row

Row = Mapping[str, Any]
DEAD = {"_deleted_at": "2024-01-01"}
OTHER = {"company_code": "2"}


class Reference(NamedTuple):
    """A check against another staged table: the table, and the columns by which a row refers to it."""

    table: str
    check: str
    other: str
    columns: dict[str, str]


REFERENCES = [
    Reference("budgets", "job_is_staged", "jobs", {"job_number": "job_number"}),
    Reference("subcontracts", "job_is_staged", "jobs", {"job_number": "job_number"}),
    Reference("subcontracts", "vendor_is_staged", "vendors", {"vendor_code": "vendor_code"}),
    Reference("purchase_orders", "job_is_staged", "jobs", {"job_number": "job_number"}),
    Reference("purchase_orders", "vendor_is_staged", "vendors", {"vendor_code": "vendor_code"}),
    Reference("vendor_invoices", "vendor_is_staged", "vendors", {"vendor_code": "vendor_code"}),
    Reference("vendor_payments", "vendor_is_staged", "vendors", {"vendor_code": "vendor_code"}),
    Reference("purchase_order_lines", "job_is_staged", "jobs", {"job_number": "job_number"}),
    Reference("prime_contracts", "job_is_staged", "jobs", {"job_number": "job_number"}),
    Reference("change_requests", "customer_is_staged", "customers", {"customer_code": "customer_code"}),
    Reference("project_cost_codes", "job_is_staged", "jobs", {"job_number": "job_number"}),
    Reference("project_cost_codes", "cost_type_is_staged", "standard_cost_types", {"cost_type": "cost_type"}),
    Reference("job_cost_transactions", "cost_type_is_staged", "standard_cost_types", {"cost_type": "cost_type"}),
    Reference("job_cost_transactions", "vendor_is_staged", "vendors", {"vendor_code": "vendor_code"}),
    *(
        Reference(
            table, "phase_is_staged", "project_cost_codes", {c: c for c in ("job_number", "phase_code", "cost_type")}
        )
        for table in (
            "budgets",
            "job_cost_transactions",
            "job_cost_totals",
            "projections",
            "subcontract_items",
            "subcontract_changes",
            "purchase_order_lines",
        )
    ),
]
EACH = pytest.mark.parametrize("reference", REFERENCES, ids=lambda r: f"{r.table}-{r.check}")


@EACH
def test_reference_to_a_staged_row(warehouse: Warehouse, reference: Reference) -> None:
    table, check, other, columns = reference
    warehouse.land(table, good_row(table, 1), good_row(table, 2), good_row(table, 2, **_distinct(table)))

    def staged(number: int, **changes: Any) -> Row:
        row = good_row(table, number)
        return good_row(other, number, **{theirs: row[ours] for ours, theirs in columns.items()}, **changes)

    # Never created, then never staged for this company: objects are synced at different times.
    assert warehouse.check(table)[check].status == "passed"
    warehouse.stage(other, staged(1, **OTHER), staged(2, **OTHER))
    assert warehouse.check(table)[check].status == "passed"

    warehouse.stage(other, staged(1), staged(2, **DEAD))
    result = warehouse.check(table)[check]
    assert (result.status, result.rows_failed) == ("warned", 2)
    assert result.examples == [{**{ours: good_row(table, 2)[ours] for ours in columns}, "row_count": 2}]
    assert "1 found, on 2 of 3 rows. " in result.message

    warehouse.stage(other, staged(2))
    assert warehouse.check(table)[check].status == "passed"


def _distinct(table: str) -> Row:
    """Makes a third row of the same references: another value in the part of the key that no check refers to."""
    spec = TABLES[table]
    if spec.partitioned or table in ("budgets", "job_cost_totals", "projections"):
        return {}
    others = (
        "change_request_number",
        "subcontract_number",
        "phase_code",
        "customer_code",
        "po_number",
        "invoice_number",
    )
    free = next(name for name in (*others, "invoice_number") if name in spec.key)
    return {free: "other"}


@pytest.mark.parametrize("table", ["subcontract_items", "subcontract_changes"])
def test_lines_and_changes_of_a_subcontract_that_is_not_there(warehouse: Warehouse, table: str) -> None:
    """Compared with the subcontracts of the same run; one of another job, or without a job, is not theirs."""

    def line(number: int, **changes: Any) -> Row:
        return good_row(table, number, **changes)

    theirs = {name: line(1)[name] for name in ("job_number", "vendor_code", "subcontract_number")}
    strange = line(2, **theirs | {"job_number": "other" if table == "subcontract_changes" else ""})
    warehouse.land(table, line(1, **theirs), strange)
    slices = {"subcontracts": "landing.subcontracts"}
    check: Callable[..., CheckResult] = lambda: warehouse.check(table, slices)["subcontract_is_there"]  # noqa: E731
    warehouse.land("subcontracts")
    assert check().status == "passed", "silent while no subcontract has been read"
    warehouse.land("subcontracts", good_row("subcontracts", 1, **theirs))
    result = check()
    assert (result.status, result.rows_failed) == ("warned", 1)
    assert [example["job_number"] for example in result.examples] == [strange["job_number"]]


def test_a_blank_phase_and_no_job_refer_to_none(warehouse: Warehouse) -> None:
    """O3: nobody knows the phase of a proposed change yet, and some invoices bill no job."""
    warehouse.stage("project_cost_codes", good_row("project_cost_codes"))
    unknown = good_row("change_request_costs", 2, phase_code="", cost_type="")
    warehouse.land("change_request_costs", unknown, good_row("change_request_costs", 3))
    assert warehouse.check("change_request_costs")["phase_is_staged"].rows_failed == 1
    warehouse.stage("jobs", good_row("jobs"))
    no_job, lost = (good_row("receivable_invoices", number) for number in (2, 3))
    warehouse.land("receivable_invoices", no_job | {"job_number": None}, lost)
    assert warehouse.check("receivable_invoices")["job_is_staged"].rows_failed == 1


def test_transactions_without_a_vendor_refer_to_none(warehouse: Warehouse) -> None:
    warehouse.stage("vendors", good_row("vendors"))
    warehouse.land("job_cost_transactions", good_row("job_cost_transactions", 2, vendor_code=None))
    assert warehouse.check("job_cost_transactions")["vendor_is_staged"].status == "passed"


def test_master_job_exists_b3(warehouse: Warehouse) -> None:
    warehouse.land(
        "jobs",
        good_row("jobs", 1),
        good_row("jobs", 2, master_job="job_number-1"),
        good_row("jobs", 3, master_job="staged"),
        good_row("jobs", 4, master_job="gone"),
        good_row("jobs", 5, master_job="gone"),
    )
    warehouse.stage(
        "jobs",
        good_row("jobs", 8, job_number="staged"),
        good_row("jobs", 9, job_number="gone", **DEAD),
        good_row("jobs", 9, job_number="gone", **OTHER),
    )
    result = warehouse.check("jobs")["master_job_exists"]
    assert (result.status, result.examples) == ("warned", [{"master_job": "gone", "row_count": 2}])


def test_vendor_names_are_unique_c2(warehouse: Warehouse) -> None:
    names = ["Acme  Steel", "ACME STEEL", "Brown", "Brown"]
    rows = [good_row("vendors", n, vendor_name=name) for n, name in enumerate(names)]
    rows[3]["status"] = "I"
    warehouse.land("vendors", *rows)
    result = warehouse.check("vendors")["names_unique"]
    assert (result.status, result.rows_failed) == ("warned", 2)
    assert result.examples == [
        {"vendor_name": "acme steel", "vendor_codes": "vendor_code-0, vendor_code-1", "row_count": 2}
    ]


def test_the_configured_phase_category_exists_a2(warehouse: Warehouse) -> None:
    rows = [good_row("standard_cost_codes", n, phase_category="OLD", importable=False) for n in (1, 2)]
    warehouse.land("standard_cost_codes", *rows)
    result = warehouse.check("standard_cost_codes")["configured_category_exists"]
    assert (result.status, result.examples) == ("warned", [{"phase_category": "OLD", "row_count": 2}])
    warehouse.land("standard_cost_codes", good_row("standard_cost_codes", 3))
    assert warehouse.check("standard_cost_codes")["configured_category_exists"].status == "passed"


def test_one_description_per_phase_b2(warehouse: Warehouse) -> None:
    def row(number: int, phase: str, description: str) -> Row:
        return good_row("project_cost_codes", number, job_number="J", phase_code=phase, description=description)

    warehouse.land("project_cost_codes", row(1, "A", "Slab"), row(2, "A", "Slab"), row(3, "B", "Wall"))
    assert warehouse.check("project_cost_codes")["one_description_per_phase"].status == "passed"
    warehouse.land("project_cost_codes", row(4, "B", "Walls"))
    result = warehouse.check("project_cost_codes")["one_description_per_phase"]
    assert (result.status, result.rows_failed) == ("warned", 2)
    assert (result.examples[0]["phase_code"], result.examples[0]["other_description"]) == ("B", "Walls")


def test_one_prime_contract_per_job_i2(warehouse: Warehouse) -> None:
    warehouse.land("prime_contracts", good_row("prime_contracts", 1), good_row("prime_contracts", 2))
    assert warehouse.check("prime_contracts")["one_contract_per_job"].status == "passed"
    warehouse.land("prime_contracts", good_row("prime_contracts", 3, job_number="job_number-1"))
    result = warehouse.check("prime_contracts")["one_contract_per_job"]
    assert (result.status, result.rows_failed) == ("warned", 2)
    assert result.examples[0]["customer_codes"] == "customer_code-1, customer_code-3"


def contract(number: int, amount: str, method: str = "F") -> Row:
    return good_row("prime_contracts", number, original_contract=amount, price_method_code=method)


def line(number: int, item: str, amount: str) -> Row:
    return good_row("prime_contract_items", number, billing_item=item, original_contract=amount)


def test_lines_add_up_i4(warehouse: Warehouse) -> None:
    warehouse.land(
        "prime_contracts",
        contract(1, "100.00"),
        contract(2, "100.00"),
        contract(3, "50.00"),  # fixed price, no lines
        contract(4, "50.00", "T"),  # no lines: time and material has none
        contract(5, "0.00"),
        contract(6, "70.00", "U"),  # I1: not supported
    )
    assert warehouse.check("prime_contracts")["lines_add_up"].status == "passed"  # no line was ever read

    lines = [line(1, "1", "60.00"), line(1, "2", "40.00"), line(2, "1", "99.99"), line(6, "1", "1.00")]
    warehouse.land("prime_contract_items", *lines)
    slices = {"prime_contract_items": "landing.prime_contract_items"}
    result = warehouse.check("prime_contracts", slices)["lines_add_up"]
    assert (result.status, result.rows_failed) == ("warned", 2)
    shown = [(e["job_number"], e["original_contract"], e["lines_total"]) for e in result.examples]
    assert shown == [("job_number-2", "100.00", "99.99"), ("job_number-3", "50.00", None)]


def test_lines_of_the_same_run_come_before_staged_ones_i4(warehouse: Warehouse) -> None:
    warehouse.land("prime_contracts", contract(1, "100.00"))
    warehouse.stage("prime_contract_items", line(1, "1", "100.00"), {**line(1, "2", "5.00"), **DEAD})
    warehouse.land("prime_contract_items", line(1, "1", "90.00"))
    assert warehouse.check("prime_contracts")["lines_add_up"].status == "passed"
    slices = {"prime_contract_items": "landing.prime_contract_items"}
    assert warehouse.check("prime_contracts", slices)["lines_add_up"].status == "warned"


def test_the_contract_of_a_billing_item_is_there(warehouse: Warehouse) -> None:
    warehouse.land("prime_contract_items", line(1, "1", "1.00"), line(2, "1", "1.00"), line(2, "2", "1.00"))
    check: Callable[..., CheckResult] = lambda *slices: warehouse.check("prime_contract_items", *slices)[  # noqa: E731
        "contract_is_there"
    ]
    assert check().status == "passed"  # no contract was ever read
    warehouse.stage("prime_contracts", contract(1, "1.00"), {**contract(2, "2.00"), **DEAD})
    result = check()
    assert (result.status, result.rows_failed) == ("warned", 2)
    assert result.examples == [{"customer_code": "customer_code-2", "job_number": "job_number-2", "row_count": 2}]
    warehouse.land("prime_contracts", contract(1, "1.00"), contract(2, "2.00"))
    assert check({"prime_contracts": "landing.prime_contracts"}).status == "passed"


def test_projections_agree_with_get_phase_l1(warehouse: Warehouse) -> None:
    """Count and sum of those that differ; what Spectrum works out itself, or GetPhase lacks, is not compared."""

    def entered(number: int, amount: str | None) -> Row:
        return good_row("projections", number, projected_cost=amount)

    def total(number: int, amount: str | None, **changes: Any) -> Row:
        codes = {name: good_row("projections", number)[name] for name in ("job_number", "phase_code", "cost_type")}
        return good_row("job_cost_totals", number, projected_cost=amount, **codes, **changes)

    def budget(number: int, worked_out: bool) -> Row:
        codes = {name: good_row("projections", number)[name] for name in ("job_number", "phase_code", "cost_type")}
        return good_row("budgets", number, projection_worked_out=worked_out, **codes)

    warehouse.land("projections", *(entered(number, "100.00") for number in range(1, 7)), entered(7, None))
    assert warehouse.check("projections")["projections_agree"].status == "passed", "GetPhase was never read"
    warehouse.stage(
        "job_cost_totals",
        total(1, "100.00"),
        total(2, "130.00"),
        total(3, "99.50"),
        total(4, None),
        total(5, "500.00"),
        {**total(6, "600.00"), **DEAD},
        total(7, "7.00"),
    )
    warehouse.stage("budgets", budget(2, False), budget(5, True))
    result = warehouse.check("projections")["projections_agree"]
    assert (result.status, result.severity, result.rows_failed) == ("warned", "warning", 3)
    assert "3 found, 36.50 in all, on 3 of 7 rows" in result.message
    assert sorted(example["difference"] for example in result.examples) == ["-0.50", "30.00", "7.00"]
