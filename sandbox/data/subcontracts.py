"""Generates the subcontracts of a job, billed as far as the work is done; used by `sandbox.data.contracts`.

Of each amount the header holds three: current (without retention), retention, and their total. What was billed is the
sum of the lines; what is left of it after payments is the balance.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandbox.data.jobs import JobPlan, PhasePlan
from sandbox.data.rows import Row, money
from sandbox.data.vendors import Vendor

_RETENTION = 10
_GL_ACCOUNT = "5410000"
_AMOUNTS = ("Current_Bill_Amount", "Retention_Billed", "Total_Billed")
_PAID = ("Current_Paid", "Retention_Paid", "Total_Paid")
_BALANCES = ("Current_Balance", "Retention_Balance", "Total_Balance")


@dataclass(frozen=True)
class Subcontract:
    """One subcontract: its vendor and number (trimmed), the phases it is about, its rows."""

    vendor: str
    number: str
    phases: tuple[PhasePlan, ...]
    rows: tuple[Row, ...]


def subcontract_rows(rng: random.Random, plan: JobPlan, vendors: list[Vendor]) -> Iterator[Subcontract]:
    """Yield the subcontracts that buy every phase of cost type S, one or two phases each.

    Args:
        rng: the job's source of chance.
        plan: the job.
        vendors: the company's subcontractors.
    """
    bought = [phase for phase in plan.phases if phase.cost_type == "S" and phase.cost_cents]
    while bought:
        size = rng.randint(1, 2)
        taken, bought = bought[:size], bought[size:]
        vendor = rng.choice(vendors)
        number = f"{re.sub('[^0-9A-Z]', '', plan.number)[-7:]}{chr(65 + len(bought) % 26)}{rng.randint(0, 9)}"
        key = {"Company_Code": plan.company, "Vendor_Code": vendor.code, "Subcontract_Number": number}
        amounts = [phase.cost_cents * 95 // 100 for phase in taken]
        # Whole percents of what is bought, billed as the cost of the phase came in.
        done = [min(100, int(phase.spent * 100) // phase.cost_cents) if phase.spent > 0 else 0 for phase in taken]
        billed = [amount * percent // 100 for amount, percent in zip(amounts, done, strict=True)]
        issued = taken[0].start - timedelta(days=20)
        header = _header(plan, taken[0], issued) | _money(plan, sum(amounts), sum(billed))
        rows: list[Row] = [("VN_SUBCONTRACT_MC", key | header)]
        for phase, amount, part, percent in zip(taken, amounts, billed, done, strict=True):
            rows.append(("VN_SUBCONTRACT_PHASE_MC", key | _line(phase, amount, part, percent)))
        yield Subcontract(vendor.code, number, tuple(taken), tuple(rows))


def _header(plan: JobPlan, first: PhasePlan, issued: date) -> dict[str, Any]:
    return {
        "Job_Number": plan.number,
        "Status_Code": plan.status,
        "Date_Issued": issued,
        "Date_Issued_Year": str(issued.year),
        "Date_Issued_Period": f"{issued.month:02d}",
        "Retention_Percent": f"{_RETENTION}.0000",
        "Comment_1": f"{first.description} complete, per plans & specs",
        "Default_Phase_Code": first.code,
        "Default_Cost_Type": "S",
        "Insurance_Cert_Flag": "Y",
        "Unit_Price_Flag": "N",
        "GL_Account": _GL_ACCOUNT,
        "Pay_When_Paid": "N",
    }


def _money(plan: JobPlan, original: int, billed: int) -> dict[str, str]:
    """The amounts of a header in cents: retention is held back until the job is complete."""
    retained = billed * _RETENTION // 100
    current = billed - retained
    complete = plan.status == "C"
    paid = (current, retained) if complete else (current * 9 // 10, 0)
    amounts = (current, retained, billed)
    payments = (*paid, sum(paid))
    named = dict(zip(_AMOUNTS, amounts, strict=True)) | dict(zip(_PAID, payments, strict=True))
    named |= {name: due - done for name, due, done in zip(_BALANCES, amounts, payments, strict=True)}
    return {name: money(cents) for name, cents in named.items()} | {"Original_Amount": money(original)}


def _line(phase: PhasePlan, amount: int, billed: int, percent: int) -> dict[str, str]:
    return {
        "Phase_Code": phase.code,
        "Cost_Type": phase.cost_type,
        "Bill_Description": phase.description,
        "Unit_Of_Measure": "LS",
        "Original_Contract_Quantity": "1.0000",
        "Unit_Price": f"{money(amount)}00",
        "Original_Contract_Amount": money(amount),
        "Quantity_Billed_To_Date": f"{percent // 100}.{percent % 100:02d}00",
        "Amount_Billed_To_Date": money(billed),
        "Retention_Flag": "Y",
    }
