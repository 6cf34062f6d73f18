"""Generates the paper around a job: master rows, prime contract with schedule of values, estimate adjustments and
projections, with its subcontracts, change requests and billings.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sandbox.data import words
from sandbox.data.billings import billing_rows, streams
from sandbox.data.change_requests import change_request_rows
from sandbox.data.jobs import MAIN_COMPANY, TEMPLATE_JOB, TWO_CUSTOMERS, JobPlan, PhasePlan, job_key
from sandbox.data.projection_rows import WORKED_OUT
from sandbox.data.projections import changes_of, draw_totals, projection_rows
from sandbox.data.rows import TEN_THOUSAND, Row, money, qty
from sandbox.data.subcontracts import subcontract_rows
from sandbox.data.vendors import Vendor

# Places in the main company's list of jobs whose contracts are peculiar on purpose.
SHORT_SCHEDULES = (9, 11)
STANDARD_CATEGORY = "STD"


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
    phases = [_phase_master(rng, plan, phase, as_of) for phase in plan.phases]
    for row in phases:
        yield "JC_PHASE_MASTER_MC", row
    if plan.number == TEMPLATE_JOB:
        return
    yield from _estimate_adjustments(rng, plan, as_of)
    totals = draw_totals(rng, plan, as_of)
    contracts = [] if plan.master else list(_prime_contracts(rng, plan))
    yield from contracts
    subcontracts = list(subcontract_rows(rng, plan, vendors["S"]))
    for subcontract in subcontracts:
        yield from subcontract.rows
    requests: list[Row] = []
    for number in range(1, rng.randint(1, 5)):
        requests += change_request_rows(rng, plan, as_of, number, subcontracts)
    yield from requests
    yield from billing_rows(seed, plan, as_of, streams(contracts, requests))
    by_hand = {(row["Phase_Code"], row["Cost_Type"]) for row in phases if row["Projected_Cost_Code"] not in WORKED_OUT}
    yield from projection_rows(seed, plan, by_hand, totals, changes_of(requests))


def _job_master(rng: random.Random, plan: JobPlan, as_of: date) -> dict[str, Any]:
    city, state, zip_code = rng.choice(words.CITIES)
    phone = f"614555{rng.randint(100, 199):04d}"
    return job_key(plan) | {
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
        "Master_Job": plan.master,
        "Est_Start_Date": plan.start - timedelta(days=rng.randint(0, 20)),
        "Est_Complete_Date": plan.end - timedelta(days=rng.randint(-10, 60)),
        "Start_Date": plan.start if plan.start <= as_of else None,
        "Complete_Date": plan.end if plan.status == "C" else None,
        "Create_Date": plan.start - timedelta(days=rng.randint(21, 90)),
        "Sales_Tax_Code": rng.choice(("OH7.25", "PA6", "")),
        "WO_Site": "",
        "Latitude": _degrees(rng.randint(39_000_001, 41_700_000)),
        "Longitude": _degrees(-rng.randint(80_500_001, 84_800_000)),
        "Taxable_Flag": "Y" if plan.number == TEMPLATE_JOB or rng.random() < 0.7 else "N",
        "Phase_Display_Code": "XX-XXXX",
        "Standard_Phase_Category": STANDARD_CATEGORY,
        "Projected_Complete_Date": plan.end + timedelta(days=rng.randint(-15, 45)) if rng.random() < 0.6 else None,
        "Job_Type": rng.choice(("COMM", "PUBLIC", "")),
        "Work_State_Tax_Code": state,
        "Earned_Calc_Type": "P",
        "Track_Prevailing_Wage": "N",
        "Track_Davis_Bacon": "N",
        "Lock_Revenue_Entry": "N",
        **_entered(rng, plan, as_of),
    }


def _degrees(millionths: int) -> str:
    """A place on earth as a decimal text with six places."""
    return f"{'-' if millionths < 0 else ''}{abs(millionths) // 1_000_000}.{abs(millionths) % 1_000_000:06d}"


def _entered(rng: random.Random, plan: JobPlan, as_of: date) -> dict[str, str]:
    """What some project managers enter for the whole job: what it will cost, and how far it is."""
    if plan.number == TEMPLATE_JOB or rng.random() >= 0.2:
        return {}
    cents = sum(phase.cost_cents for phase in plan.phases) * rng.randint(97, 108) // 100
    percent = max(0, min(100, (as_of - plan.start).days * 100 // (plan.end - plan.start).days))
    return {"Entered_Projected_Cost": money(cents), "Entered_Percent_Complete": str(percent)}


def _phase_key(plan: JobPlan, phase: PhasePlan) -> dict[str, Any]:
    return job_key(plan) | {"Phase_Code": phase.code, "Cost_Type": phase.cost_type}


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
        "Major_Group_Code": phase.code[:2],
        "Bid_Item_Number": billing_item(plan, phase),
        # P as entered; E and A are worked out by Spectrum itself, from unit costs.
        "Projected_Cost_Code": rng.choices("PEA", (92, 5, 3))[0],
        "Est_Unit_Cost": _unit_cost(phase),
        "TM_Markup_Flag": "N",
        "Update_Proj_Qty": "N",
        "Certified_Flag": "N",
    }


def _unit_cost(phase: PhasePlan) -> str:
    return qty(phase.cost_cents * TEN_THOUSAND * 100 // phase.quantity) if phase.quantity else "0"


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
            hours = cents * TEN_THOUSAND // 6200 if phase.cost_type == "L" else 0
            yield (
                "JC_PHASE_ESTIMATES_MC",
                _phase_key(plan, phase)
                | {
                    "Tran_Date_Text": max(day for _, day, _ in part).strftime("%Y%m%d"),
                    "Est_Hours": qty(hours),
                    "Est_Cost": money(cents),
                },
            )


def _prime_contracts(rng: random.Random, plan: JobPlan) -> Iterator[Row]:
    customers = [(plan.customer, plan.contract_cents)]
    if plan.company == MAIN_COMPANY and plan.index == TWO_CUSTOMERS:
        second = "C1001" if plan.customer != "C1001" else "C1002"
        customers.append((second, plan.contract_cents // 400 * 100))
    for customer, cents in customers:
        contract = job_key(plan) | {"Customer_Code": customer}
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
                    "Billing_Item": _item(number),
                    "Billing_Description": name,
                    "Original_Contract": money(amount),
                    "Projected_Revenue": money(amount),
                    "GL_Account": "4010000",
                    "Cost_Center": plan.cost_center,
                },
            )


def billing_item(plan: JobPlan, phase: PhasePlan) -> str:
    """Return the item of the schedule of values that a phase is billed by, blank without one."""
    if plan.master or not phase.cost_cents:
        return ""
    names = list(dict.fromkeys(each.description for each in plan.phases if each.cost_cents))
    return _item(names.index(phase.description) + 1)


def _item(number: int) -> str:
    return f"{number:03d}"


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
