"""Generates the change requests of a job; used by the paper around a job (`sandbox.data.contracts`)."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from sandbox.data.jobs import JobPlan, job_key
from sandbox.data.rows import TEN_THOUSAND, Row, money, qty
from sandbox.data.subcontracts import Subcontract


def change_request_rows(
    rng: random.Random, plan: JobPlan, as_of: date, number: int, subcontracts: list[Subcontract]
) -> Iterator[Row]:
    """Yield (table, row) of one change request: header, cost lines, revenue, and a subcontract's side of some.

    Args:
        rng: the job's source of chance.
        plan: the job.
        as_of: the last day of business.
        number: the request's number in the job.
        subcontracts: the job's subcontracts.
    """
    request = f"PCO-{number:03d}"
    key = job_key(plan) | {"Customer_Code": plan.customer, "Change_Request_Number": request}
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
    # Of a small job's changes none is larger than a tenth of it.
    step = min(125_000, sum(phase.cost_cents for phase in plan.phases) // 200_000 * 1_000)
    places = [
        (phase.code, phase.cost_type) for phase in rng.sample(plan.phases, min(len(plan.phases), rng.randint(1, 3)))
    ]
    if status == "PE" and rng.random() < 0.4:
        # While a request is proposed, nobody may know yet where its cost will go; of some neither of two lines.
        places += [("", "")] * (1 + number % 2)
    for phase, cost_type in places:
        cents = rng.randint(-4, 18) * step
        total += cents
        yield (
            "CR_CHNG_REQ_CON_DET_MC",
            key
            | {
                "Phase_Code": phase,
                "Cost_Type": cost_type,
                "Change_Request_Hours": qty(cents * TEN_THOUSAND // 6200 if cost_type == "L" else 0),
                "Change_Request_Amount": money(cents),
            },
        )
    for item, cents in _revenues(plan, number, total * 112 // 100):
        yield (
            "CR_CHNG_REQ_REV_MC",
            key | {"Billing_Item": item, "Description": text, "CR_Revenue": money(cents)},
        )
    if subcontracts and rng.random() < 0.5:
        subcontract = rng.choice(subcontracts)
        side = job_key(plan) | {
            "Change_Request_Number": request,
            "Vendor_Code": subcontract.vendor,
            "Subcontract_Number": subcontract.number,
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
                "Phase_Code": subcontract.phases[0].code,
                "Cost_Type": "S",
                "Sub_Amount": money(rng.randint(1, 40) * 50_000),
            },
        )


def _revenues(plan: JobPlan, number: int, cents: int) -> list[tuple[str, int]]:
    """The billing item and the amount of each revenue line: mostly one; some requests have two of one item, some have
    other items or none.
    """
    rng = random.Random(f"revenue/{plan.company}/{plan.number}/{number}")
    items = rng.choice((("001",), ("001",), ("001", "001"), ("001", "002"), ("", "001"), ("",)))
    parts = [cents // len(items)] * (len(items) - 1)
    return list(zip(items, [*parts, cents - sum(parts)], strict=True))
