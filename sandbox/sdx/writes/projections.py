"""JobCostProjections, and what change orders book: rows of JC_PROJ_COST_HISTORY_MC (`sandbox.data.projection_rows`).

The service takes totals at completion and books what they differ by; 0 clears, blank leaves.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from psycopg.rows import DictRow

from sandbox.data.projection_rows import BALANCE, CHANGE_ORDER, ENTRY, TABLE, VALUES, WORKED_OUT, row
from sandbox.sdx.writes import lookups
from sandbox.sdx.writes.store import code, find, insert
from sandbox.sdx.writes.work import Work

#: Worked out of the quantity, so not to be entered; the quantity itself may be.
_OF_THE_QUANTITY = ("Amount", "Projected_Hours")
_LINES = "CR_CHNG_REQ_CON_DET_MC"
_OF_A_LINE = {
    "Amount": "Change_Request_Amount",
    "Projected_Hours": "Change_Request_Hours",
    "Projected_Quantity": "Change_Request_Quantity",
}


def project(work: Work) -> None:
    """Enter a projection of a phase and cost type.

    What the new totals differ by from the rows up to the date is booked as one row of that date. A date before that of
    another row is a correction: a second row, of the next date there is, takes the difference back, so that later
    totals stay as they were. Totals that change nothing book nothing; rows are never changed.

    Raises:
        Refused: job, phase or cost type unknown, none of the three values given, or, unless the installation lets such
            entries pass unheard, cost or hours of a phase whose projection it works out by itself.
    """
    job, phase, cost = work.text("Job_Number"), work.text("Phase_Code"), work.text("Cost_Type")
    found, master = lookups.job(work), None
    if found is not None and phase and lookups.fits_mask(work, job, "Phase_Code"):
        master = lookups.phase(work, job, "Phase_Code", "Cost_Type")
    if not any(work.text(name) for name in VALUES):
        work.missing("Amount")
    sent = work.columns({name: name for name in VALUES})
    if master is not None and code(master, "Projected_Cost_Code") in WORKED_OUT:
        _refuse_entries(work, code(master, "Projected_Cost_Code"))
        sent = {name: value for name, value in sent.items() if name not in _OF_THE_QUANTITY}
    work.settle()
    key = {"Company_Code": work.company, "Job": job, "Phase": phase, "Cost_Type": cost}
    rows = find(work.connection, TABLE, key)
    day = work.day("Transaction_Date") or work.today
    steps = {name: value - _sum(rows, name, day) for name, value in sent.items()}
    if not any(steps.values()):
        return
    who = {"operator": work.text("Operator") or "WEB", "note": work.text("Note")}
    insert(work.connection, TABLE, row(key, ENTRY, day, len(rows), steps, **who))
    later = [on for each in rows if (on := _day(each)) is not None and on > day]
    if later:
        back = {name: -step for name, step in steps.items()}
        balance = row(key, BALANCE, min(later), len(rows) + 1, back, remarks=f"Balances entry of {day:%m/%d/%Y}", **who)
        insert(work.connection, TABLE, balance)


def book_change_request(work: Work, key: dict[str, str], counts: bool, day: date) -> None:
    """Bring what a change request has booked to what it should: its cost lines while it counts, else nothing.

    Args:
        work: the call.
        key: company, job, customer and number of the request.
        counts: whether it is approved or has a change order number.
        day: when it was approved.
    """
    number = key["Change_Request_Number"]
    for line in find(work.connection, _LINES, key):
        phase, cost = code(line, "Phase_Code"), code(line, "Cost_Type")
        if not phase or not cost:
            continue
        place = {"Company_Code": work.company, "Job": key["Job_Number"], "Phase": phase, "Cost_Type": cost}
        rows = find(work.connection, TABLE, place)
        own = [each for each in rows if code(each, "Type") == CHANGE_ORDER and _request(each) == number]
        steps = {
            name: (line[column] if counts else Decimal(0)) - _sum(own, name, None)
            for name, column in _OF_A_LINE.items()
        }
        if any(steps.values()):
            booked = row(place, CHANGE_ORDER, day, len(rows), steps, request=number, remarks=f"Change request {number}")
            insert(work.connection, TABLE, booked)


def _refuse_entries(work: Work, projected_by: str) -> None:
    if work.options.worked_out_projections == "ignore":
        return
    for name in _OF_THE_QUANTITY:
        if work.text(name):
            text = f"{name} of phase {work.text('Phase_Code')}, cost type {work.text('Cost_Type')} is calculated"
            work.invalid(name, f"{text} (Projected_Cost_Code {projected_by})")


def _sum(rows: list[DictRow], name: str, day: date | None) -> Decimal:
    """The sum of a column up to a day; rows without a date count on every day. None: over all rows."""
    past = (each for each in rows if day is None or (on := _day(each)) is None or on <= day)
    return sum((each[name] for each in past), Decimal(0))


def _day(each: DictRow) -> date | None:
    at = each["Transaction_Date"]
    return None if at is None else at.date()


def _request(each: dict[str, Any]) -> str:
    return str(each["System_Key"])[:8].strip()
