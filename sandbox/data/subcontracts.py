"""Generates the subcontracts of a job; used by `sandbox.data.contracts`.

What is billed and paid on them comes with the vendors' invoices (`sandbox.data.payables`).
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
        issued = taken[0].start - timedelta(days=20)
        header = _header(plan, taken[0], issued) | {"Original_Amount": money(sum(amounts))}
        rows: list[Row] = [("VN_SUBCONTRACT_MC", key | header)]
        for phase, amount in zip(taken, amounts, strict=True):
            rows.append(("VN_SUBCONTRACT_PHASE_MC", key | _line(phase, amount)))
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


def _line(phase: PhasePlan, amount: int) -> dict[str, str]:
    return {
        "Phase_Code": phase.code,
        "Cost_Type": phase.cost_type,
        "Bill_Description": phase.description,
        "Unit_Of_Measure": "LS",
        "Original_Contract_Quantity": "1.0000",
        "Unit_Price": f"{money(amount)}00",
        "Original_Contract_Amount": money(amount),
        "Retention_Flag": "Y",
    }
