"""The rules between the elements of AddJob and UpdateJob."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sandbox.sdx.writes.work import Work

_DATES = (("Est_Start_Date", "Est_Complete_Date"), ("Start_Date", "Complete_Date"))
# An element of UpdateJob, the element it needs, and the value of that one.
_ONLY_WITH = (
    ("Under_Billed", "Earned_Calc_Type", "B"),
    ("Cost_Markup_Percent", "Earned_Calc_Type", "C"),
    ("Daily_OT_Start", "Override_By_Job", "Y"),
    ("Weekly_OT_Start", "Override_By_Job", "Y"),
    ("Saturday_OT", "Override_By_Job", "Y"),
    ("Sunday_OT", "Override_By_Job", "Y"),
)


def check_job(work: Work, stored: Mapping[str, Any]) -> None:
    """Note broken rules that AddJob and UpdateJob share.

    Args:
        work: the call.
        stored: the job as it is, empty for a new one; an end is compared with a start that is not sent.
    """
    for first, last in _DATES:
        begin = work.day(first) or _stored_day(stored, first)
        end = work.day(last) or _stored_day(stored, last)
        if begin and end and end < begin and (work.text(first) or work.text(last)):
            work.invalid(last if work.text(last) else first, f"{last} must not be before {first}")
    local = "Work_Local_Tax_Cod" if "Work_Local_Tax_Cod" in work.values else "Work_Local_Tax_Code"
    seen: set[str] = set()
    for name in ("Work_State_Tax_Code", "Work_County_Tax_Code", local):
        text = work.text(name)
        if text and text in seen:
            work.invalid(name, "The three work tax codes must differ from each other")
        seen.add(text)
    if work.text("Track_Davis_Bacon") == "Y" and work.text("Track_Prevailing_Wage") in {"Y", "F"}:
        work.invalid("Track_Prevailing_Wage", "Davis-Bacon and prevailing wage cannot both be on")


def check_update(work: Work, status: str) -> None:
    """Note broken rules of UpdateJob alone.

    Args:
        work: the call.
        status: the job's status so far.
    """
    for name, needed, value in _ONLY_WITH:
        if work.text(name) and work.text(needed) != value:
            work.invalid(name, f"{name} is allowed only with {needed} {value}")
    if work.text("Lock_Revenue_Entry") and (work.text("Status_Code") or status) != "C":
        work.invalid("Lock_Revenue_Entry", "Lock_Revenue_Entry is allowed on complete jobs only")
    overrides = ("Entered_Percent_Complete", "Entered_Projected_Cost")
    if work.text("Reports_Calc_Override") == "Y" and not any(work.text(name) for name in overrides):
        work.invalid("Reports_Calc_Override", "Reports_Calc_Override needs a percent complete or a projected cost")


def _stored_day(stored: Mapping[str, Any], name: str) -> date | None:
    value = stored.get(name)
    return value.date() if isinstance(value, datetime) else value
