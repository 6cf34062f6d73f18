"""Generates the purchase orders of a job, received as far as the work is done; used by the generator and the month.

An order buys material of some phases from one vendor. Now and then a line of it is for another job, or for stock.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandbox.data import words
from sandbox.data.jobs import TEMPLATE_JOB, JobPlan, PhasePlan
from sandbox.data.rows import TEN_THOUSAND, Row, money, qty
from sandbox.data.vendors import Vendor

HEADER, DETAIL = "PO_PURCHASE_ORDER_HEADER_MC", "PO_PURCHASE_ORDER_DETAIL_MC"

_PHASES_ORDERED = 0.4
_MOST_ORDERS = 9  # the number ends in one digit
# Hundredths of a percent.
_SALES_TAX = 725
_FREIGHT = (150_00, 900_00)
_GL_ACCOUNT = "5210000"
_WAREHOUSE = "MAIN"


@dataclass(frozen=True)
class Order:
    """One order as planned: its number and vendor (trimmed), and the phases it buys material for."""

    number: str
    vendor: str
    phases: tuple[PhasePlan, ...]


def plan_orders(seed: int, plan: JobPlan, vendors: list[Vendor]) -> list[Order]:
    """Return the orders of a job, the same for the same arguments.

    Args:
        seed: the data set's seed.
        plan: the job.
        vendors: the company's suppliers of material.
    """
    if plan.number == TEMPLATE_JOB:
        return []
    rng = random.Random(f"{seed}/orders/{plan.company}/{plan.number}")
    bought = [p for p in plan.phases if p.cost_type == "M" and p.cost_cents and rng.random() < _PHASES_ORDERED]
    start = re.sub("[^0-9A-Z]", "", plan.number)[-8:]
    orders: list[Order] = []
    while bought and len(orders) < _MOST_ORDERS:
        size = rng.randint(1, 3)
        taken, bought = bought[:size], bought[size:]
        orders.append(Order(f"{start}-{len(orders) + 1}", rng.choice(vendors).code, tuple(taken)))
    return orders


def order_rows(
    seed: int, plan: JobPlan, orders: list[Order], as_of: date, neighbor: JobPlan | None = None
) -> Iterator[Row]:
    """Yield (table, row) of every order of a job, with its lines.

    Args:
        seed: the data set's seed.
        plan: the job.
        orders: of `plan_orders`.
        as_of: the last day of business; an order that would be later has not been made.
        neighbor: another job of the company that some lines are for.
    """
    for order in orders:
        rng = random.Random(f"{seed}/order/{plan.company}/{order.number}")
        ordered = min(phase.start for phase in order.phases) - timedelta(days=rng.randint(5, 30))
        if ordered > as_of:
            continue
        key = {"Company_Code": plan.company, "PO_Number": order.number}
        delivered = ordered + timedelta(days=rng.randint(7, 45))
        lines = [_line(rng, phase, plan.number) for phase in order.phases for _ in range(rng.randint(1, 3))]
        elsewhere = [p for p in neighbor.phases if p.cost_type == "M" and p.cost_cents] if neighbor else []
        if elsewhere and neighbor and rng.random() < 0.2:
            lines.append(_line(rng, rng.choice(elsewhere), neighbor.number))
        if rng.random() < 0.1:
            lines.append(_line(rng, rng.choice(order.phases), ""))
        received_days = [day for line in lines if (day := line.pop("received")) is not None]
        whole = all(line["Open_Receipt_Quantity"] == qty(0) for line in lines)
        closed = whole or plan.status == "C" or rng.random() < 0.05
        tax = sum(line.pop("tax") for line in lines)
        taxable = sum(line.pop("taxable") for line in lines)
        total = sum(line.pop("cents") for line in lines)
        freight = rng.randint(*_FREIGHT) if rng.random() < 0.3 else 0
        last = min(as_of, max(delivered, *received_days)) if received_days else None
        yield (
            HEADER,
            key
            | {
                "Vendor_Code": order.vendor,
                "Job_Number": plan.number,
                "PO_Date_List1": ordered,
                "PO_Date_List2": delivered,
                "PO_Date_List3": last,
                "PO_Date_List1_Year": str(ordered.year),
                "PO_Date_List1_Period": f"{ordered.month:02d}",
                "PO_Date_List3_Year": str(last.year) if last else "",
                "PO_Date_List3_Period": f"{last.month:02d}" if last else "",
                "Received_Date": last if closed else None,
                "Received_Flag": "Y" if whole else "N",
                "Status_Flag": "CLOSED" if closed else "OPEN",
                "PO_Type": "P",
                "PO_Print_Flag": "Y",
                "Blanket_PO": "N",
                "Terms_Code": "A",
                "Payment_Days": "30",
                "Tax_Percent": f"{_SALES_TAX // 100}.{_SALES_TAX % 100:02d}00",
                "Taxable_Amount": money(taxable),
                "Non_Taxable_Amount": money(total - taxable),
                "Tax_Total": money(tax),
                "Total_Freight": money(freight),
                "PO_Total_Amount": money(total + tax + freight),
                "Ship_Name": plan.name,
                "Ordered_By": plan.superintendent,
                "Remarks": "" if rng.random() < 0.8 else "Call 1 hr. ahead – gate 2",
                "Cost_Center": plan.cost_center,
            },
        )
        for number, line in enumerate(lines, start=1):
            yield DETAIL, key | {"Line_Number": f"{number:3d}", "Delivery_Date": delivered} | line


def _line(rng: random.Random, phase: PhasePlan, job: str) -> dict[str, Any]:
    """One line, received as far as its phase is done, with what the header adds up: cents, taxable, tax, received."""
    price = rng.randint(2_00, 180_00)
    quantity = max(1, phase.cost_cents * rng.randint(8, 20) // 100 // price)
    done = min(100, round(phase.spent * 100 / phase.final)) if phase.final else 0
    got = quantity * done // 100
    luck = rng.random()
    if quantity > 40 and done == 100 and luck < 0.1:
        got += quantity // 40 if luck < 0.04 else -(quantity // 40)  # more came than was ordered, or less
    taxable = quantity * price if rng.random() < 0.7 else 0
    tax = taxable * _SALES_TAX // 10_000
    used_for = {"Job_Number": job, "Phase_Code": phase.code, "Cost_Type": phase.cost_type} if job else {}
    return used_for | {
        "Warehouse_Code": "" if job else _WAREHOUSE,
        "Item_Description": rng.choice(words.MATERIALS),
        "Unit_Of_Measure": "EA",
        "PO_Quantity_List1": qty(quantity * TEN_THOUSAND),
        "Open_Receipt_Quantity": qty(max(0, quantity - got) * TEN_THOUSAND),
        "Item_Price": f"{money(price)}00",
        "Line_Extension_List1": money(quantity * price),
        "Received_Extension": money(got * price),
        "Tax_Percent": f"{_SALES_TAX // 100}.{_SALES_TAX % 100:02d}00" if taxable else "0",
        "Tax_Amount_List1": money(tax),
        "Taxable_Flag": "Y" if taxable else "N",
        "GL_Account": _GL_ACCOUNT if job else "1410000",
        "Line_Type": "J" if job else "I",
        "Cost_Center": phase.cost_center,
        "cents": quantity * price,
        "taxable": taxable,
        "tax": tax,
        "received": phase.end if got else None,
    }
