"""Generates the paper around a job: master rows, prime contract with schedule of values, subcontracts, change requests,
estimate adjustments and projections. Used by the generator and the month of business.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sandbox.data import words
from sandbox.data.jobs import MAIN_COMPANY, TEMPLATE_JOB, JobPlan, PhasePlan
from sandbox.data.projections import Change, Code, draw_totals, projected_by, projection_rows
from sandbox.data.rows import money, qty
from sandbox.data.vendors import Vendor

Row = tuple[str, dict[str, Any]]

# Places in the main company's list of jobs whose contracts are peculiar on purpose.
SECOND_CONTRACT = 7
SHORT_SCHEDULES = (9, 11)

_TEN_THOUSAND = 10_000


def job_rows(seed: int, plan: JobPlan, as_of: date, vendors: dict[str, list[Vendor]]) -> Iterator[Row]:
    """Yield (table, row) for everything a job owns except its transactions, the same for the same arguments.

    Args:
        seed: the data set's seed.
        plan: the job.
        as_of: the last day of business.
        vendors: the company's vendors by cost type.
    """
    rng = random.Random(f"{seed}/paper/{plan.company}/{plan.number}")
    yield "JC_JOB_MASTER_MC", _job_master(rng, plan, as_of)
    for phase in plan.phases:
        yield "JC_PHASE_MASTER_MC", _phase_master(rng, plan, phase, as_of)
    if plan.number == TEMPLATE_JOB:
        return
    yield from _estimate_adjustments(rng, plan, as_of)
    totals = draw_totals(rng, plan, as_of)
    if not plan.master:
        yield from _prime_contracts(rng, plan)
    subcontracts = list(_subcontracts(rng, plan, vendors["S"]))
    for _, _, rows in subcontracts:
        yield from rows
    pairs = [(vendor, number) for vendor, number, _ in subcontracts]
    requests: list[Row] = []
    for number in range(1, rng.randint(1, 5)):
        requests += _change_request(rng, plan, as_of, number, pairs)
    yield from requests
    yield from projection_rows(seed, plan, totals, _changes(requests))


def _key(plan: JobPlan) -> dict[str, Any]:
    return {"Company_Code": plan.company, "Job_Number": plan.number}


def _job_master(rng: random.Random, plan: JobPlan, as_of: date) -> dict[str, Any]:
    city, state, zip_code = rng.choice(words.CITIES)
    phone = f"614555{rng.randint(100, 199):04d}"
    return _key(plan) | {
        "Job_Description": plan.name,
        "Status_Code": plan.status,
        "Division": plan.division,
        "Address_1": f"{rng.randint(10, 9900)} {rng.choice(words.STREETS)}",
        "Address_2": "" if rng.random() < 0.8 else "Gate 2 – check in at trailer",
        "City": city,
        "State": state,
        "Zip_Code": zip_code,
        "Phone": phone,
        "Job_Site_Phone": phone,
        "Certified_Flag": "N",
        # Codes that are words stand at the left, some with trailing spaces.
        "Project_Manager": plan.manager + "  " * (plan.index % 3 == 0),
        "Superintendent": plan.superintendent,
        "Estimator": plan.estimator,
        "Customer_Code": plan.customer,
        "Contract_Number": f"CN-{plan.number}" if rng.random() < 0.8 else "",
        "Original_Contract": money(plan.contract_cents),
        "Price_Method_Code": plan.price_method,
        "Cost_Center": plan.cost_center,
        "Taxable_Flag": "Y" if plan.index % 5 == 3 else "N",
        "Master_Job": plan.master,
        "Est_Start_Date": plan.start - timedelta(days=rng.randint(0, 20)),
        "Est_Complete_Date": plan.end - timedelta(days=rng.randint(-10, 60)),
        "Start_Date": plan.start if plan.start <= as_of else None,
        "Complete_Date": plan.end if plan.status == "C" else None,
        "Create_Date": plan.start - timedelta(days=rng.randint(21, 90)),
        "Sales_Tax_Code": rng.choice(("OH7.25", "PA6", "")),
        "WO_Site": "",
        "Latitude": qty(rng.randint(390_000, 417_000)),
        "Longitude": qty(-rng.randint(805_000, 848_000)),
    }


def _phase_key(plan: JobPlan, phase: PhasePlan) -> dict[str, Any]:
    return _key(plan) | {"Phase_Code": phase.code, "Cost_Type": phase.cost_type}


def _phase_master(rng: random.Random, plan: JobPlan, phase: PhasePlan, as_of: date) -> dict[str, Any]:
    comment = rng.choice(("Per addendum 2", "See RFI 14 – owner's allowance", 'Use 3/4" only', "Path C:\\bids\\final"))
    return _phase_key(plan, phase) | {
        "Description": phase.description,
        "Status_Code": phase.status,
        "Unit_of_Measure": phase.unit,
        "Price_Method_Code": "J" if rng.random() < 0.7 else plan.price_method,
        "Original_Est_Quantity": qty(phase.quantity),
        "Original_Est_Hours": qty(phase.hours),
        "Original_Est_Cost": money(phase.cost_cents),
        "Start_Date": phase.start,
        "End_Date": phase.end,
        "Complete_Date": min(phase.end, as_of) if phase.status == "C" else None,
        "Comment": comment if rng.random() < 0.08 else "",
        "Phase_Cost_Center": phase.cost_center,
        "Projected_Cost_Code": projected_by(plan, phase),
    }


def _estimate_adjustments(rng: random.Random, plan: JobPlan, as_of: date) -> Iterator[Row]:
    """Budget transfers: what one phase gains another gives. One row a phase and cost type; some have a second one."""
    started = [phase for phase in plan.phases if phase.start < as_of and phase.cost_cents]
    moved: dict[tuple[str, str], list[tuple[PhasePlan, date, int]]] = {}
    for _ in range(len(started) // 8):
        giver, taker = rng.sample(started, 2)
        cents = min(giver.cost_cents, taker.cost_cents) // 20
        day = rng.choice((giver, taker)).start + timedelta(days=rng.randint(0, 40))
        for phase, sign in ((giver, -1), (taker, 1)):
            moved.setdefault((phase.code, phase.cost_type), []).append((phase, min(day, as_of), sign * cents))
    for moves in moved.values():
        # Every seventh job keeps the first transfer of a phase apart from the later ones.
        parts = [moves[:1], moves[1:]] if plan.index % 7 == 1 else [moves]
        for part in filter(None, parts):
            phase, cents = part[0][0], sum(cents for _, _, cents in part)
            hours = cents * _TEN_THOUSAND // 6200 if phase.cost_type == "L" else 0
            yield (
                "JC_PHASE_ESTIMATES_MC",
                _phase_key(plan, phase)
                | {
                    "Tran_Date_Text": max(day for _, day, _ in part).strftime("%Y%m%d"),
                    "Est_Hours": qty(hours),
                    "Est_Cost": money(cents),
                },
            )


def _changes(requests: list[Row]) -> dict[Code, list[Change]]:
    """What the change requests of a job add to projections: the cost lines of those with a change order."""
    headers = {row["Change_Request_Number"]: row for table, row in requests if table == "CR_CHNG_REQ_HDR_MC"}
    found: dict[Code, list[Change]] = {}
    for table, row in requests:
        if table != "CR_CHNG_REQ_CON_DET_MC":
            continue
        header = headers[row["Change_Request_Number"]]
        if header["Change_Order_Number"]:
            change = Change(
                header["Approved_Date"] or header["Origination_Date"],
                row["Change_Request_Number"],
                _units(row["Change_Request_Amount"]),
                _units(row["Change_Request_Hours"]),
            )
            found.setdefault((row["Phase_Code"], row["Cost_Type"]), []).append(change)
    return found


def _units(text: str) -> int:
    """A decimal text in units of its last place."""
    return int(text.replace(".", ""))


def _prime_contracts(rng: random.Random, plan: JobPlan) -> Iterator[Row]:
    customers = [(plan.customer, plan.contract_cents)]
    if plan.company == MAIN_COMPANY and plan.index == SECOND_CONTRACT:
        second = "C1001" if plan.customer != "C1001" else "C1002"
        customers.append((second, plan.contract_cents // 400 * 100))
    for customer, cents in customers:
        contract = _key(plan) | {"Customer_Code": customer}
        yield (
            "CR_CONTRACT_MASTER_MC",
            contract
            | {
                "Contract_Number": f"CN-{plan.number}",
                "Contract_Description": f"{plan.number} {plan.name}"[:30],
                "Price_Method_Code": plan.price_method,
                "Original_Contract_Amount": money(cents),
                "Contract_Date": plan.start - timedelta(days=rng.randint(5, 40)),
                "Status_Code": plan.status,
                "Retention_Percent": rng.choice(("5.0000", "10.0000")),
            },
        )
        for number, (name, amount) in enumerate(_schedule_of_values(plan, cents), start=1):
            yield (
                "CR_BID_ITEM_DES_MC",
                contract
                | {
                    "Billing_Item": f"{number:03d}",
                    "Billing_Description": name,
                    "Original_Contract": money(amount),
                    "Projected_Revenue": money(amount),
                    "GL_Account": "4010000",
                    "Cost_Center": plan.cost_center,
                },
            )


def _schedule_of_values(plan: JobPlan, cents: int) -> list[tuple[str, int]]:
    """One item a phase in proportion to its cost, the last one taking what rounding leaves."""
    costs: dict[str, int] = {}
    for phase in plan.phases:
        costs[phase.description] = costs.get(phase.description, 0) + phase.cost_cents
    total = sum(costs.values()) or 1
    items = [(name, cents * cost // total // 100 * 100) for name, cost in costs.items() if cost]
    if not items:
        return [("Lump sum", cents)]
    difference = cents - sum(amount for _, amount in items)
    if plan.company == MAIN_COMPANY and plan.index in SHORT_SCHEDULES:
        difference -= 1_250_00
    return [*items[:-1], (items[-1][0], items[-1][1] + difference)]


def _subcontracts(
    rng: random.Random, plan: JobPlan, vendors: list[Vendor]
) -> Iterator[tuple[tuple[str, PhasePlan], str, list[Row]]]:
    bought = [phase for phase in plan.phases if phase.cost_type == "S" and phase.cost_cents]
    while bought:
        size = rng.randint(1, 2)
        taken, bought = bought[:size], bought[size:]
        vendor = rng.choice(vendors)
        number = f"{plan.number.replace('-', '')[-7:]}{chr(65 + len(bought) % 26)}{rng.randint(0, 9)}"
        key = {"Company_Code": plan.company, "Vendor_Code": vendor.code, "Subcontract_Number": number}
        rows: list[Row] = [
            (
                "VN_SUBCONTRACT_MC",
                key
                | {
                    "Job_Number": plan.number,
                    "Status_Code": plan.status,
                    "Date_Issued": taken[0].start - timedelta(days=20),
                    "Retention_Percent": "10.0000",
                    "Comment_1": f"{taken[0].description} complete, per plans & specs",
                },
            )
        ]
        rows += [
            (
                "VN_SUBCONTRACT_PHASE_MC",
                key
                | {
                    "Phase_Code": phase.code,
                    "Cost_Type": phase.cost_type,
                    "Bid_Item_Number": "",
                    "Original_Contract_Quantity": "1.0000",
                    "Unit_Price": f"{money(phase.cost_cents * 95 // 100)}00",
                    "Original_Contract_Amount": money(phase.cost_cents * 95 // 100),
                },
            )
            for phase in taken
        ]
        yield (vendor.code, taken[0]), number, rows


def _change_request(
    rng: random.Random, plan: JobPlan, as_of: date, number: int, subcontracts: list[tuple[tuple[str, PhasePlan], str]]
) -> Iterator[Row]:
    request = f"PCO-{number:03d}"
    key = _key(plan) | {"Customer_Code": plan.customer, "Change_Request_Number": request}
    status = rng.choice(("AP", "AP", "AP", "WA", "PE", "PE", "RJ", "IT"))
    opened = min(as_of, plan.start + timedelta(days=rng.randint(20, 250)))
    # A pending request may already have its change order number: both count towards the estimate.
    numbered = status == "AP" or (status == "PE" and rng.random() < 0.2)
    text = rng.choice(("Owner added doors", "Unforeseen rock", "Delete alt. #2", "RFI 31 – beam pocket", "Winter heat"))
    yield (
        "CR_CHNG_REQ_HDR_MC",
        key
        | {
            "CR_Description": f"{text} ({plan.name})",
            "Status": status,
            "Change_Order_Number": f"CO-{number:02d}" if numbered else "",
            "Origination_Date": opened,
            "Approved_Date": min(as_of, opened + timedelta(days=30)) if status == "AP" else None,
        },
    )
    total = 0
    for phase in rng.sample(plan.phases, min(len(plan.phases), rng.randint(1, 3))):
        cents = rng.randint(-4, 18) * 125_000
        total += cents
        yield (
            "CR_CHNG_REQ_CON_DET_MC",
            key
            | {
                "Phase_Code": phase.code,
                "Cost_Type": phase.cost_type,
                "Change_Request_Quantity": qty(0),
                "Change_Request_Hours": qty(cents * _TEN_THOUSAND // 6200 if phase.cost_type == "L" else 0),
                "Change_Request_Amount": money(cents),
            },
        )
    yield (
        "CR_CHNG_REQ_REV_MC",
        key | {"Billing_Item": "001", "Description": text, "CR_Revenue": money(total * 112 // 100)},
    )
    if subcontracts and rng.random() < 0.5:
        (vendor, phase), subcontract = rng.choice(subcontracts)
        side = _key(plan) | {
            "Change_Request_Number": request,
            "Vendor_Code": vendor,
            "Subcontract_Number": subcontract,
        }
        executed = status == "AP"
        yield (
            "VN_CHNG_REQ_SUB_HDR",
            side
            | {
                "Sub_Status": "E" if executed else ("R" if status == "RJ" else "P"),
                "Sub_Change_Order_Number": f"SCO{number:02d}" if executed else "",
            },
        )
        yield (
            "VN_CHNG_REQ_SUB_DET",
            side
            | {
                "Phase_Code": phase.code,
                "Cost_Type": "S",
                "Sub_Amount": money(rng.randint(1, 40) * 50_000),
            },
        )
