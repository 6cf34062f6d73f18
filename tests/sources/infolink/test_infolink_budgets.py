"""The current estimate: adjustments and approved changes are summed per phase and cost type, and nothing twice (E3)."""

from decimal import Decimal
from typing import Any

from spectrum_etl.model.selection import Selection
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.staging.objects import OBJECTS

BUDGETS = OBJECTS["budgets"].table("budgets")
PHASE = {"Company_Code": "1", "Job_Number": "100", "Phase_Code": "033000", "Cost_Type": "L"}
CHANGE = {"Company_Code": "1", "Job_Number": "100", "Customer_Code": "CITY", "Change_Request_Number": "CR1"}


def budgets(site) -> dict[tuple[str, str], dict[str, Any]]:
    with site.reader() as reader:
        names = reader.plan(BUDGETS, "1").column_names
        found = [dict(zip(names, row, strict=True)) for batch in reader.read(BUDGETS, Selection("1")) for row in batch]
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
        assert reader.totals(BUDGETS, Selection("1")) == {
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
        totals = reader.totals(BUDGETS, Selection("1", jobs=("200",)))
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


def left_out(site, **options: Any) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    with site.reader() as reader:
        for reason, *row in reader.left_out(BUDGETS, Selection("1", **options)):
            found.setdefault(reason, []).append(tuple(value and str(value).strip() for value in row))
    return {reason: sorted(rows, key=str) for reason, rows in found.items()}


def test_what_the_estimate_leaves_out(site):
    """E3: amounts on requests of another type, or on codes that no phase has to the letter, do not vanish."""
    site.insert("JC_PHASE_MASTER_MC", phase())
    site.insert(
        "JC_PHASE_ESTIMATES_MC",
        {**PHASE, "Est_Cost": "1.00"},
        {**PHASE, "Cost_Type": "l", "Est_Cost": "2.50"},
        {**PHASE, "Phase_Code": "999999", "Est_Cost": "4.00"},
        {**PHASE, "Phase_Code": "999999", "Est_Cost": "-0.50"},
        {**PHASE, "Phase_Code": "999998", "Est_Cost": "0.00"},
    )
    site.insert(
        "CR_CHNG_REQ_STATUS_MC",
        {"Company_Code": "1", "Status_Code": "P", "CR_Type": "3"},
        {"Company_Code": "1", "Status_Code": "A", "CR_Type": "2"},
    )
    for number, order, status in (("CR1", "", "P"), ("CR2", "CO2", "P"), ("CR3", " ", "A"), ("CR4", "", "?")):
        header = {**CHANGE, "Change_Request_Number": number, "Change_Order_Number": order, "Status": status}
        site.insert("CR_CHNG_REQ_HDR_MC", header)
    line = {**CHANGE, "Phase_Code": "033000", "Cost_Type": "L"}
    for number, codes, amount in (
        ("CR1", {}, "10.00"),  # of another type
        ("CR1", {"Phase_Code": ""}, "20.00"),  # proposed without a phase
        ("CR2", {}, "100.00"),  # counts
        ("CR2", {"Phase_Code": "033000x"}, "200.00"),  # counts, and no phase has its code
        ("CR3", {"Cost_Type": "l"}, "400.00"),
        ("CR4", {}, "1000.00"),  # its status is in no list
        ("CR9", {}, "2000.00"),  # its request is not there
    ):
        site.insert(
            "CR_CHNG_REQ_CON_DET_MC",
            {**line, **codes, "Change_Request_Number": number, "Change_Request_Amount": amount},
        )
    assert left_out(site) == {
        "adjustment": [
            ("100", "033000", "l", None, None, "1", "2.50"),
            ("100", "999999", "L", None, None, "2", "3.50"),
        ],
        "type": [
            ("100", "", "L", "CR1", "3", "1", "20.00"),
            ("100", "033000", "L", "CR1", "3", "1", "10.00"),
            ("100", "033000", "L", "CR4", None, "1", "1000.00"),
            ("100", "033000", "L", "CR9", None, "1", "2000.00"),
        ],
        "change": [
            ("100", "033000", "l", "CR3", "2", "1", "400.00"),
            ("100", "033000x", "L", "CR2", "3", "1", "200.00"),
        ],
    }
    labor = budgets(site)["033000", "L"]
    assert (labor["estimate_adjustments"], labor["approved_changes"]) == ("1.00", "100.00")


def test_which_types_count_is_a_setting(site):
    """E3: with type 3 among the types, its requests count and are left out no longer."""
    site.insert("JC_PHASE_MASTER_MC", phase())
    site.insert("CR_CHNG_REQ_STATUS_MC", {"Company_Code": "1", "Status_Code": "P", "CR_Type": "3"})
    site.insert("CR_CHNG_REQ_HDR_MC", {**CHANGE, "Change_Order_Number": "", "Status": "P"})
    site.insert(
        "CR_CHNG_REQ_CON_DET_MC", {**CHANGE, "Phase_Code": "033000", "Cost_Type": "L", "Change_Request_Amount": 7}
    )
    assert (list(left_out(site)), budgets(site)["033000", "L"]["approved_changes"]) == (["type"], None)
    with InfoLinkReader(site.connection(), ("1", "3")) as reader:
        assert reader.left_out(BUDGETS, Selection("1")) == []
        assert reader.totals(BUDGETS, Selection("1"))["approved_changes"] == 7


def test_what_is_left_out_of_some_jobs(site):
    """A narrowed run speaks of its jobs only."""
    for job in ("100", "200"):
        site.insert("JC_PHASE_ESTIMATES_MC", {**PHASE, "Job_Number": job, "Est_Cost": "5.00"})
    assert [row[0] for row in left_out(site, jobs=("200",))["adjustment"]] == ["200"]
