"""Generates what a job bills: applications by prime contract, receivable invoices with their lines, what is still open.

A fixed or unit price contract is billed by an application a month, and an invoice for each that is posted; time and
material and cost plus contracts have invoices alone. An application says what is complete to date; its invoice is for
what came since the one before. Retention is held back of each and stays open until the job is complete.
"""

import random
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, LiteralString

from sandbox.data.jobs import JobPlan, job_key
from sandbox.data.rows import Row, money

APPLICATIONS, INVOICES, LINES, OPEN = (
    "CR_BILLING_HEADER_MC",
    "CR_INVOICE_HEADER_MC",
    "CR_INVOICE_DETAIL_MC",
    "CR_OPEN_ITEM_MC",
)
INVOICE = "I"
_RECEIVABLES, _REVENUE = "1200000", "4010000"
# Sales tax, in hundredths of a percent, of jobs that are taxed; the others are not.
_TAX_CODE, _TAX = "OH7.25", 725
# A job that is complete gets its retention so many days later.
_RELEASED_AFTER = 60
# Every job pays in so many days, in each of these cases equally often; the last is in dispute.
_PAID_AFTER = (24, 31, 38, 45, 52, 66, 95, 400)


@dataclass
class Stream:
    """What a customer is billed for a job.

    Args:
        customer: trimmed code.
        place: of the job's contracts, from 0 on.
        method: price method of the contract.
        cents: original contract.
        dated: date of the contract.
        retention: percent of what is billed that is held back.
        changes: approved change orders: when, and their revenue in cents.
    """

    customer: str
    place: int
    method: str
    cents: int
    dated: date
    retention: int
    changes: list[tuple[date, int]] = field(default_factory=list)

    def changed(self, until: date) -> int:
        """Revenue of the change orders that were approved by a day, in cents."""
        return sum(cents for day, cents in self.changes if day <= until)


@dataclass(frozen=True)
class _Bill:
    """What one month's bill says: all to date, in cents, and the figures of the one before."""

    number: int
    until: date
    complete: int
    stored: int
    retained: int
    before: "_Bill | None" = None

    @property
    def gross(self) -> int:
        return self.complete + self.stored

    @property
    def current(self) -> int:
        """What is billed now, before retention and tax."""
        return self.gross - (self.before.gross if self.before else 0)

    @property
    def held(self) -> int:
        """What is held back now; negative where it is released."""
        return self.retained - (self.before.retained if self.before else 0)


def streams(contracts: Iterable[Row], requests: Iterable[Row]) -> list[Stream]:
    """The contracts of a job with their change orders.

    Args:
        contracts: rows of prime contracts, their items left aside.
        requests: rows of the job's change requests.
    """
    found: list[Stream] = []
    for table, row in contracts:
        if table == "CR_CONTRACT_MASTER_MC":
            cents = _cents(row["Original_Contract_Amount"])
            retention = int(Decimal(row["Retention_Percent"]))
            place, method, dated = len(found), row["Price_Method_Code"], row["Contract_Date"]
            found.append(Stream(row["Customer_Code"], place, method, cents, dated, retention))
    approved = {
        (row["Customer_Code"], row["Change_Request_Number"]): row["Approved_Date"]
        for table, row in requests
        if table == "CR_CHNG_REQ_HDR_MC" and row["Change_Order_Number"] and row["Approved_Date"]
    }
    by_customer = {stream.customer: stream for stream in found}
    for table, row in requests:
        key = (row.get("Customer_Code"), row["Change_Request_Number"])
        if table == "CR_CHNG_REQ_REV_MC" and key in approved and key[0] in by_customer:
            by_customer[key[0]].changes.append((approved[key], _cents(row["CR_Revenue"])))
    return found


def billing_rows(seed: int, plan: JobPlan, as_of: date, billed: list[Stream]) -> Iterator[Row]:
    """Yield (table, row) of everything that a job has billed, the same for the same arguments.

    Args:
        seed: the data set's seed.
        plan: the job.
        as_of: the last day of business.
        billed: its contracts, with their change orders.
    """
    for stream in billed:
        rng = random.Random(f"{seed}/billing/{plan.company}/{plan.number}/{stream.customer}")
        taxed = plan.index % 5 == 1
        by_application = stream.method in "FU"
        bills = list(_bills(rng, plan, as_of, stream, by_application))
        released = bool(bills) and not bills[-1].retained
        for bill in bills:
            tax = bill.current * _TAX // 10_000 if taxed else 0
            # The newest application of some jobs is still being written: it has no invoice.
            draft = by_application and bill is bills[-1] and bill.until == as_of and plan.index % 3 == 0
            number = _number(plan, stream, bill)
            if by_application:
                invoice = "" if draft else number
                yield APPLICATIONS, _application(plan, stream, bill, tax, invoice, taxed)
            if not draft:
                yield from _invoiced(rng, plan, as_of, stream, bill, tax, number, released)


def _bills(rng: random.Random, plan: JobPlan, as_of: date, stream: Stream, progress: bool) -> Iterator[_Bill]:
    """One a month of the job, and where it is complete one that releases the retention."""
    lead = rng.uniform(-0.06, 0.08)
    before: _Bill | None = None
    number = 0
    for until in _month_ends(plan.start, min(as_of, plan.end + timedelta(days=31))):
        number += 1
        share = _share(plan, until, lead)
        revised = stream.cents + stream.changed(until)
        complete = revised if share >= 1 else int(revised * share) // 100 * 100
        complete = max(complete, before.complete if before else 0) if revised > 0 else complete
        stored = stream.cents // 100 // 100 * 100 if progress and share < 0.8 and rng.random() < 0.2 else 0
        retained = (complete + stored) * stream.retention // 100 if progress else 0
        before = _Bill(number, until, min(complete, max(revised, 0)), stored, retained, before)
        yield before
    end = plan.end + timedelta(days=_RELEASED_AFTER)
    if before is not None and before.retained and plan.status == "C" and end <= as_of:
        yield _Bill(number + 1, end, before.complete, before.stored, 0, before)


def _share(plan: JobPlan, until: date, lead: float) -> float:
    """Which share of the contract is billed by a day: slowly at first and at the end; some jobs bill ahead."""
    if until >= plan.end:
        return 1.0
    time = max(0.0, (until - plan.start).days / max(1, (plan.end - plan.start).days))
    return min(1.0, max(0.0, (3 - 2 * time) * time * time * (1 + lead)))


def _month_ends(first: date, last: date) -> Iterator[date]:
    year, month = first.year, first.month
    while (day := date(year, month, monthrange(year, month)[1])) <= last:
        yield day
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _application(plan: JobPlan, stream: Stream, bill: _Bill, tax: int, invoice: str, taxed: bool) -> dict[str, Any]:
    before = bill.before
    changed = stream.changed(bill.until)
    on_stored = bill.stored * stream.retention // 100 if bill.retained else 0
    return job_key(plan) | {
        "Customer_Code": stream.customer,
        "Application_Number": str(bill.number),
        "Period_End_Date": bill.until,
        "Period_End_Date_Year": str(bill.until.year),
        "Period_End_Date_Period": f"{bill.until.month:02d}",
        "Application_Date": bill.until,
        "Contract_Date": stream.dated,
        "Original_Contract_Amount": money(stream.cents),
        "Change_Order_Total": money(changed),
        "Revised_Contract_Amount": money(stream.cents + changed),
        "Complete_To_Date": money(bill.complete),
        "Material_Stored": money(bill.stored),
        "Retention_Percent": f"{stream.retention if bill.retained else 0}.0000",
        "Retention_Amount": money(bill.retained - on_stored),
        "Material_Stored_Ret_Percent": f"{stream.retention if on_stored else 0}.0000",
        "Material_Stored_Retention": money(on_stored),
        "Taxable_Amount": money(bill.current if taxed else 0),
        "Sales_Tax_Code": _TAX_CODE if taxed else "",
        "Sales_Tax_Percent": f"{_TAX / 100:.4f}" if taxed else "0",
        "Sales_Tax_Amount": money(tax),
        "Amount_Billed_Previous": money(before.gross if before else 0),
        "Retention_Previous": money(before.retained if before else 0),
        "Amount_Due": money(bill.current - bill.held + tax),
        "Post_Flag": "Y" if invoice else "N",
        "Invoice_Sequence": invoice,
        "Cost_Center": plan.cost_center,
    }


def _invoiced(
    rng: random.Random, plan: JobPlan, as_of: date, stream: Stream, bill: _Bill, tax: int, number: str, released: bool
) -> Iterator[Row]:
    """The invoice of a bill with its lines and what is open of it; some were reversed and written again first."""
    issued = min(as_of, bill.until + timedelta(days=rng.randint(0, 6)))
    total = bill.current + tax
    paid = rng.choice(_PAID_AFTER)
    unpaid = issued + timedelta(days=paid) > as_of
    if rng.random() < 0.04 and total:
        yield from _invoice(plan, stream, bill, tax, f"{number}R", bill.until, reversed_="Y")
    yield from _invoice(plan, stream, bill, tax, number, issued)
    part = total // 2 if unpaid and paid == _PAID_AFTER[5] else total
    left = part if unpaid else (0 if released else bill.held)
    if left:
        yield (
            OPEN,
            _invoice_key(plan, stream, number) | {"Job_Number": plan.number, "Invoice_Balance": money(left)},
        )


def _invoice(
    plan: JobPlan, stream: Stream, bill: _Bill, tax: int, number: str, issued: date, reversed_: str = "N"
) -> Iterator[Row]:
    key = _invoice_key(plan, stream, number)
    progress = stream.method in "FU"
    header = {
        "Job_Number": plan.number,
        "Invoice_Date": issued,
        "GL_Date": issued,
        "GL_Period": f"{issued.month:02d}",
        "GL_Year": f"{issued.year % 100:02d}",
        "Terms_Code": "A",
        "Retention_Percent": f"{stream.retention if bill.held else 0}.0000",
        "Remarks": f"Application {bill.number}" if progress else f"Work through {bill.until:%B %Y}",
        "AR_GL_Account": _RECEIVABLES,
        "Non_Taxable_Amount": money(0 if tax else bill.current),
        "Taxable_Amount": money(bill.current if tax else 0),
        "Sales_Tax_Amount": money(tax),
        "Sales_Tax_Code": _TAX_CODE if tax else "",
        "Sales_Tax_Percent": f"{_TAX / 100:.4f}" if tax else "0",
        "Invoice_Extension": money(bill.current + tax),
        "Retention_Amount": money(bill.held),
        "Post_Flag": "Y",
        "Source_Flag": "P" if progress else "T",
        "Contract_Number": f"CN-{plan.number}"[:10],
        "Cost_Center": plan.cost_center,
        "Reversed": reversed_,
    }
    yield INVOICES, key | header
    stored = bill.stored - (bill.before.stored if bill.before else 0)
    parts = [
        (bill.current - stored, "Work completed" if progress else "Labor and material"),
        (stored, "Stored material"),
    ]
    for sequence, (cents, text) in enumerate(parts, start=1):
        if cents or sequence == 1:
            line = {
                "Sequence": f"{sequence:03d}",
                "Item_Quantity": "1.0000",
                "Unit_Of_Measure": "LS",
                "Detail_Description": text,
                "Unit_Price": f"{money(cents)}00",
                "Line_Extension": money(cents),
                "GL_Account": _REVENUE,
                "Post_Flag": "Y",
                "Cost_Center": plan.cost_center,
            }
            yield LINES, key | line


def _invoice_key(plan: JobPlan, stream: Stream, number: str) -> dict[str, str]:
    return {
        "Company_Code": plan.company,
        "Customer_Code": stream.customer,
        "Invoice_Or_Transaction": number,
        "Transaction_Type": INVOICE,
    }


def _number(plan: JobPlan, stream: Stream, bill: _Bill) -> str:
    """The invoice's number: of the job, its customer and the bill, at most nine characters."""
    digits = "".join(letter for letter in plan.number if letter.isdigit())
    return f"{digits}{'-ABC'[stream.place]}{bill.number:02d}"


def _cents(text: str) -> int:
    return int(Decimal(text) * 100)


# What the customer master keeps of all this. What was paid is what is open no more.
FIGURES: LiteralString = """
UPDATE dbo."CR_CUSTOMER_MASTER_MC" AS customer
SET "Balance" = booked.open, "Retention_Balance" = booked.held, "Billed_MTD" = booked.month,
    "Billed_YTD" = booked.year, "Billed_Last_Year" = booked.last_year, "Retention_Billed" = booked.retained,
    "Retention_Paid" = booked.retained - booked.held, "Paid_YTD" = greatest(0, booked.year - booked.open),
    "Paid_Last_Year" = booked.last_year, "Date_Last_Billed" = booked.newest,
    "Date_Last_Paid" = booked.newest - interval '20 days'
FROM (
    SELECT "Company_Code", "Customer_Code", max("Invoice_Date") AS newest,
           coalesce(sum(item."Invoice_Balance"), 0) AS open,
           coalesce(sum("Retention_Amount") FILTER (WHERE item."Invoice_Balance" IS NOT NULL), 0) AS held,
           coalesce(sum("Retention_Amount"), 0) AS retained,
           coalesce(sum("Invoice_Extension") FILTER (WHERE "Invoice_Date" >= date_trunc('month', %(day)s::date)), 0)
               AS month,
           coalesce(sum("Invoice_Extension") FILTER (WHERE "Invoice_Date" >= date_trunc('year', %(day)s::date)), 0)
               AS year,
           coalesce(sum("Invoice_Extension") FILTER (
               WHERE "Invoice_Date" >= date_trunc('year', %(day)s::date) - interval '1 year'
               AND "Invoice_Date" < date_trunc('year', %(day)s::date)), 0) AS last_year
    FROM dbo."CR_INVOICE_HEADER_MC" AS invoice
    LEFT JOIN dbo."CR_OPEN_ITEM_MC" AS item
        USING ("Company_Code", "Customer_Code", "Invoice_Or_Transaction", "Transaction_Type")
    WHERE invoice."Reversed" <> 'Y'
    GROUP BY 1, 2
) AS booked
WHERE customer."Company_Code" = booked."Company_Code" AND customer."Customer_Code" = booked."Customer_Code"
"""
