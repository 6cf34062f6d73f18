"""The month ends of the WIP schedule (O4), and what it needs of the staged tables."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from spectrum_etl.settings.closing import Closing, next_month

#: How many month ends the schedule has, as known now: five years. As known then, older ones stay.
MONTHS = 60

#: How jobs stood at a moment is known once these staged tables were read whole.
NEEDS = ("jobs", "job_cost_transactions", "budgets", "prime_contracts")

#: With what some figures need beside: they are null until it was read whole.
TABLES = (
    *NEEDS,
    "change_requests",
    "change_request_revenues",
    "change_request_statuses",
    "billing_applications",
    "receivable_invoices",
)


def month_ends(now: datetime, closing: Closing | None, zone: str) -> list[tuple[date, datetime | None]]:
    """The last day of each month of the schedule, the one that has not ended included -> when the month was closed.

    Args:
        now: zone-aware; a month that is closed later is open.
        closing: which months are closed; None where the settings do not say, so that a month is closed when it ends.
        zone: name of the time zone in which a month ends.
    """
    closed = dict(closing.moments(now)) if closing else {}
    month = now.astimezone(ZoneInfo(zone)).date().replace(day=1)
    found: list[tuple[date, datetime | None]] = []
    for _ in range(MONTHS):
        after = next_month(month)
        moment = closed.get(month) if closing else datetime.combine(after, time(), ZoneInfo(zone))
        found.append((after - timedelta(days=1), moment if moment and moment <= now else None))
        month = (month - timedelta(days=1)).replace(day=1)
    return found[::-1]
