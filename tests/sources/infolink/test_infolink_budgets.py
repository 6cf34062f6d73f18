"""The current estimate: adjustments and approved changes are summed per phase and cost type, and nothing twice (E3)."""

from decimal import Decimal
from typing import Any

from spectrum_etl.staging.objects import OBJECTS

BUDGETS = OBJECTS["budgets"].table("budgets")
PHASE = {"Company_Code": "1", "Job_Number": "100", "Phase_Code": "033000", "Cost_Type": "L"}
CHANGE = {"Company_Code": "1", "Job_Number": "100", "Customer_Code": "CITY", "Change_Request_Number": "CR1"}


def budgets(site) -> dict[tuple[str, str], dict[str, Any]]:
    with site.reader() as reader:
        names = reader.plan(BUDGETS, "1").column_names
        found = [dict(zip(names, row, strict=True)) for batch in reader.read(BUDGETS, "1") for row in batch]
    assert len(found) == len({(row["phase_code"].strip(), row["cost_type"].strip()) for row in found}), "rows fan out"
    return {(row["phase_code"].strip(), row["cost_type"].strip()): row for row in found}


def phase(**values: Any) -> dict[str, Any]:
    return {**PHASE, "Description": "Concrete", "Status_Code": "A", "Original_Est_Cost": "1000.00", **values}


def test_adjustments_are_summed_once(site):
    """Several adjustments and changes of one phase: each sum counts each row once, padded differently or not."""
    site.insert("JC_PHASE_MASTER_MC", phase(), phase(Cost_Type="M"))
    site.insert(
        "JC_PHASE_ESTIMATES_MC", *[{**PHASE, "Est_Cost": cost, "Est_Hours": "1.5"} for cost in ("10.10", "-4.05")]
    )
    site.insert("JC_PHASE_ESTIMATES_MC", {**PHASE, "Job_Number": "100   ", "Est_Cost": "0.01"}, padded=False)
    site.insert("CR_CHNG_REQ_HDR_MC", {**CHANGE, "Change_Order_Number": "CO1"})
    site.insert(
        "CR_CHNG_REQ_CON_DET_MC",
        *[{**CHANGE, "Phase_Code": "033000", "Cost_Type": "L", "Change_Request_Amount": "100.00"}] * 2,
    )
    found = budgets(site)
    labor, material = found["033000", "L"], found["033000", "M"]
    assert labor["original_estimate"] == "1000.00"
    assert Decimal(labor["estimate_adjustments"]) == Decimal("6.06")
    assert Decimal(labor["adjusted_hours"]) == 3
    assert Decimal(labor["approved_changes"]) == 200
    assert material["estimate_adjustments"] is None
    assert material["approved_changes"] is None
    with site.reader() as reader:
        assert reader.totals(BUDGETS, "1") == {
            "rows": 2,
            "original_estimate": Decimal(2000),
            "estimate_adjustments": Decimal("6.06"),
            "approved_changes": Decimal(200),
        }


def test_which_changes_count(site):
    """A change order number, or a status of type 1, 2 or 5; blank, NULL and other companies' do not count."""
    site.insert("JC_PHASE_MASTER_MC", phase())
    site.insert(
        "CR_CHNG_REQ_STATUS_MC",
        *[{"Company_Code": "1", "Status_Code": f"S{kind}", "CR_Type": kind} for kind in ("1", "2", "3")],
        {"Company_Code": "1", "Status_Code": " 5", "CR_Type": "5"},
        {"Company_Code": "1", "Status_Code": "S1", "CR_Type": "2"},
        {"Company_Code": "2", "Status_Code": "S9", "CR_Type": "1"},
    )
    requests = {
        "CR1": (None, "S1", 1),
        "CR2": ("  ", "S2", 10),
        "CR3": ("", "S3", 100),
        "CR5": (None, "5", 1000),
        "CR6": ("      7 ", None, 10000),
        "CR7": (None, None, 100000),
        "CR9": (None, "S9", 1000000),
    }
    for number, (order, status, amount) in requests.items():
        header = {**CHANGE, "Change_Request_Number": number, "Change_Order_Number": order, "Status": status}
        detail = {**CHANGE, "Change_Request_Number": number, "Phase_Code": "033000", "Cost_Type": "L"}
        site.insert("CR_CHNG_REQ_HDR_MC", header)
        site.insert("CR_CHNG_REQ_CON_DET_MC", {**detail, "Change_Request_Amount": amount})
    other = {**CHANGE, "Change_Request_Number": "CR1", "Phase_Code": "033000", "Cost_Type": "L"}
    site.insert("CR_CHNG_REQ_CON_DET_MC", {**other, "Customer_Code": "COUNTY", "Change_Request_Amount": 7})
    site.insert("CR_CHNG_REQ_CON_DET_MC", {**other, "Company_Code": "2", "Change_Request_Amount": 7})
    assert Decimal(budgets(site)["033000", "L"]["approved_changes"]) == 11011


def test_budgets_narrowed_to_jobs(site):
    """Sums of other jobs do not leak into a narrowed read, and its own are complete."""
    site.insert("JC_PHASE_MASTER_MC", phase(), phase(Job_Number="200"))
    site.insert("JC_PHASE_ESTIMATES_MC", {**PHASE, "Est_Cost": 5}, {**PHASE, "Job_Number": "200", "Est_Cost": 7})
    with site.reader() as reader:
        totals = reader.totals(BUDGETS, "1", jobs=["200"])
    assert (totals["rows"], totals["estimate_adjustments"]) == (1, 7)


def test_missing_optional_sums_are_null(site):
    """M4: hours of adjustments that Info-Link lacks are staged as NULL and noted once."""
    site.execute('alter table dbo."JC_PHASE_ESTIMATES_MC" drop column "Est_Hours"')
    site.insert("JC_PHASE_MASTER_MC", phase())
    site.insert("JC_PHASE_ESTIMATES_MC", {**PHASE, "Est_Cost": 5})
    assert budgets(site)["033000", "L"]["adjusted_hours"] is None
    with site.reader() as reader:
        plan = reader.plan(BUDGETS, "1")
    assert plan.column("adjusted_hours").source is None
    assert [(d.table, d.column, d.change) for d in plan.drift] == [("JC_PHASE_ESTIMATES_MC", "Est_Hours", "missing")]
