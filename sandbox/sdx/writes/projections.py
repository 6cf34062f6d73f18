"""JobCostProjections: entries of JC_PROJ_COST_HISTORY_MC. Values are totals at completion; 0 clears, blank leaves."""

from datetime import date, datetime, timedelta
from typing import Any

from psycopg.rows import DictRow

from sandbox.sdx.writes import lookups
from sandbox.sdx.writes.store import find, insert
from sandbox.sdx.writes.work import Work

_TABLE = "JC_PROJ_COST_HISTORY_MC"
_VALUES = {
    "Amount": "Amount",
    "Projected_Hours": "Projected_Hours",
    "Projected_Quantity": "Projected_Quantity",
}


def project(work: Work) -> None:
    """Enter a projection of a phase and cost type.

    An entry before the newest one is a correction: it is stored, and the current projection stays. Values equal to
    what is stored are ignored. Existing entries are never changed; a second one of a day gets a later second of it,
    since the entries' key is their time.

    Raises:
        Refused: job, phase or cost type unknown, or none of the three values given.
    """
    job, phase, cost = work.text("Job_Number"), work.text("Phase_Code"), work.text("Cost_Type")
    found = lookups.job(work)
    if found is not None and phase and lookups.fits_mask(work, job, "Phase_Code"):
        lookups.phase(work, job, "Phase_Code", "Cost_Type")
    if not any(work.text(name) for name in _VALUES):
        work.missing("Amount")
    work.settle()
    key = {"Company_Code": work.company, "Job": job, "Phase": phase, "Cost_Type": cost}
    entries = find(work.connection, _TABLE, key)
    day = work.day("Transaction_Date") or work.today
    before = _newest(entries, day)
    values: dict[str, Any] = {column: before[column] if before else None for column in _VALUES.values()}
    sent = work.columns(_VALUES)
    if all(values[column] == value for column, value in sent.items()):
        return
    at = datetime.combine(day, datetime.min.time())
    taken = [entry["Transaction_Date"] for entry in entries if entry["Transaction_Date"] is not None]
    of_day = [each for each in taken if each.date() == day]
    if of_day:
        at = max(of_day) + timedelta(seconds=1)
    insert(work.connection, _TABLE, key | {"Transaction_Date": at, "Note": work.text("Note")} | values | sent)


def _newest(entries: list[DictRow], day: date) -> DictRow | None:
    """The newest entry up to a day's end."""
    past = [entry for entry in entries if entry["Transaction_Date"] and entry["Transaction_Date"].date() <= day]
    return max(past, key=lambda entry: entry["Transaction_Date"]) if past else None
