"""Objects that are out of date: not read for longer than their schedules allow."""

from __future__ import annotations

from datetime import datetime, timedelta

from spectrum_etl.notify.facts import Rows
from spectrum_etl.notify.message import MAX_DAILY_LINES, Message, shortened
from spectrum_etl.settings import Settings
from spectrum_etl.staging.objects import OBJECTS


def stale_lines(freshness: Rows, settings: Settings) -> list[str]:
    """One line an object and company whose last good sync is too old for its schedule.

    Args:
        freshness: as in `digest_lines.State`; a company without any row has never been synced, and is not waited for.
        settings: schedules, as they are in force, companies, and after how many intervals an object is stale.
    """
    known = {(row["object_name"], row["company_code"]): row for row in freshness}
    lines = []
    for company in settings.companies:
        if not any(code == company.code for _, code in known):
            continue
        for name, obj in OBJECTS.items():
            allowed = settings.stale_after(obj)
            if allowed is None:
                continue
            schedule = settings.schedule(obj)
            row = known.get((name, company.code))
            read_at: datetime | None = row["last_read_at"] if row else None
            if row is None or read_at is None:
                never = "never staged completely, although scheduled"
                lines.append(f"{name} of company {company.code}: {never} {schedule}")
            elif settings.is_stale(obj, read_at, row["now"]):
                lines.append(
                    f"{name} of company {company.code}: last read {read_at:%Y-%m-%d %H:%M} UTC,"
                    f" {_hours(row['now'] - read_at)} ago, although scheduled {schedule}"
                )
    return lines


def stale_message(lines: list[str]) -> Message | None:
    """The message about objects that are out of date; None where there are none."""
    if not lines:
        return None
    remedy = (
        "look in Airflow whether their stage_* DAGs are paused, fail or wait; marts.freshness has how the last sync of"
        " each ended"
    )
    title = f"{len(lines)} objects are out of date"
    return Message(("stale_data",), title, shortened(lines, MAX_DAILY_LINES, "marts.freshness"), remedy)


def _hours(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours} hours" if hours < 72 else f"{hours // 24} days"
