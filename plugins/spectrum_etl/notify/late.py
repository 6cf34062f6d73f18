"""Finds late syncs, by their schedules and by what is recorded of syncs, and tells people once.

Not by Airflow's deadline alerts: a DAG that has one cannot have a failed run cleared before the deadline (HTTP 500 in
3.3.0 to 3.3.2, https://github.com/apache/airflow/issues/70368), and clearing is what an operator does after a failure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import class_row

from spectrum_etl.model.places import object_place, page_address
from spectrum_etl.notify.deliver import deliver, reached
from spectrum_etl.notify.message import MAX_LINES, Message, dag_link, shortened
from spectrum_etl.settings import Schedule, Settings
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate
from spectrum_etl.warehouse.pieces import LANDING_LOCK
from spectrum_etl.warehouse.templates import render

#: No schedule is due more rarely than once a day, which may have 25 hours, and a sync may wait for a day's quiet hours.
_LONGEST_WAIT = 50
#: So many hours for each hour that a sync has: quiet hours may leave a day no more than one.
_DAY = 24


@dataclass(frozen=True)
class Late:
    """One sync that should have ended.

    Args:
        object_name, company_code: what it stages.
        dag_id: its DAG.
        run_id: the run that is at work; None where none has begun.
        since: when it began to read, or when it was due.
        is_notified: whether people know already.
        is_waiting: whether it has begun, and no process is at work on it now: it gave way, or waits to be tried again.
    """

    object_name: str
    company_code: str
    dag_id: str
    run_id: str | None
    since: datetime
    is_notified: bool = False
    is_waiting: bool = False


def last_due(
    schedule: Schedule, settings: Settings, before: datetime, allowed: timedelta = timedelta(0)
) -> datetime | None:
    """The last moment at which a sync was due; the earlier one of two hours of the same name, when clocks are put back.

    One that falls into quiet hours counts from their end.

    Args:
        schedule: how often.
        settings: time of day of `daily`, the time zone, and the quiet hours.
        before: zone-aware; the moment lies at or before it.
        allowed: how long before it at least. Quiet hours do not count: one that was due shortly before them may not
            have had its turn.

    Returns:
        None for `never`.
    """
    if schedule is Schedule.NEVER:
        return None
    zone = ZoneInfo(settings.timezone)
    minute, hours = schedule.due(settings.daily_at)
    for back in range(_LONGEST_WAIT + _DAY * (1 + int(allowed / timedelta(hours=1)))):
        local = (before.astimezone(UTC) - timedelta(hours=back)).astimezone(zone)
        due = local.replace(minute=minute, second=0, microsecond=0, fold=0).astimezone(UTC)
        if due.astimezone(zone).hour not in hours or (settings.quiet.until(due) or due) > before:
            continue
        if before - due - settings.quiet.within(due, before) >= allowed:
            return due
    return None  # this day has no such hour: clocks are put forward over it


def find_late(connection: psycopg.Connection, settings: Settings, minutes: int) -> list[Late]:
    """Look for late syncs.

    Args:
        connection: the warehouse.
        settings: schedules, as they are in force, and companies.
        minutes: how long a sync has, from when it was due, and from when it began.

    Returns:
        Syncs that are at work for longer, and syncs that were due and have not begun. Not those whose runs fail: people
        are notified of a failure as such.
    """
    names = list(OBJECTS)
    schedules = [settings.schedule(obj) for obj in OBJECTS.values()]
    words = [schedule.value for schedule in schedules]
    connection.execute(render("notify/watched.sql"), {"objects": names, "schedules": words})
    row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    now, allowed = row[0], timedelta(minutes=minutes)
    with connection.cursor(row_factory=class_row(Late)) as cursor:
        found = cursor.execute(
            render("notify/late.sql"),
            {
                "objects": names,
                "dag_ids": [obj.dag_id for obj in OBJECTS.values()],
                "dues": [last_due(schedule, settings, now, allowed) for schedule in schedules],
                "companies": [company.code for company in settings.companies],
                "ended_by": now - allowed,
                "landing_lock": LANDING_LOCK,
            },
        ).fetchall()
    # One that is at work goes on in quiet hours, and is late there as anywhere.
    return [late for late in found if not (late.is_waiting and _was_quiet(settings, late.since, now, allowed))]


def _was_quiet(settings: Settings, since: datetime, now: datetime, allowed: timedelta) -> bool:
    """Whether less than the time that is allowed has gone by outside of quiet hours."""
    return now - since - settings.quiet.within(since, now) < allowed


def message_of(late: Sequence[Late], minutes: int, airflow_url: str = "") -> Message | None:
    """The message about late syncs; None where there are none.

    Args:
        late: those that people do not know of.
        minutes: how long each had.
        airflow_url: where Airflow's UI is, for the link; blank for none.
    """
    if not late:
        return None
    names = sorted({one.dag_id for one in late})
    lines = [_line(one) for one in late]
    lines.append("Staged data is untouched, and gets older until they finish.")
    remedy = (
        "open the DAG in Airflow: one that is paused has to be resumed; one whose task waits for a slot needs a larger"
        " pool or fewer syncs at a time; one that reads waits for Spectrum (trigger check_connections); notifications"
        f" in include/settings.yaml say how long a sync may take, which is {minutes} minutes"
    )
    title = f"{names[0]}: the sync is late" if len(names) == 1 else f"{len(names)} syncs are late"
    first = late[0]
    link = dag_link(airflow_url, first.dag_id, first.run_id)
    page = page_address(airflow_url, object_place(first.object_name) if len(names) == 1 else "overview")
    return Message(("late",), title, shortened(lines, MAX_LINES, "sync.landings has the details"), remedy, link, page)


def notify_late(url: str, settings: Settings, airflow_url: str = "") -> list[str]:
    """Look for late syncs and tell those that people do not know of; what is late no longer is forgotten.

    Args:
        url: the warehouse.
        settings: as for `find_late`, and the channels.
        airflow_url: as for `message_of`.

    Returns:
        One line for each late sync, reported now or before.

    Raises:
        SpectrumEtlError: the warehouse cannot be asked.
    """
    notifications = settings.notifications
    minutes = notifications.late_after_minutes
    with connect(url) as connection:
        connection.autocommit = True
        migrate(connection)
        late = find_late(connection, settings, minutes) if minutes is not None else []
        connection.execute(render("notify/forget_late.sql"), _names(late))
        fresh = [one for one in late if not one.is_notified]
        message = message_of(fresh, minutes or 0, airflow_url)
        if message is not None and reached(deliver(message, notifications), notifications):
            values = {**_names(fresh), "since": [one.since for one in fresh]}
            connection.execute(render("notify/told_late.sql"), values)
    return [_line(one) for one in late]


def _names(late: Collection[Late]) -> dict[str, Any]:
    return {"objects": [one.object_name for one in late], "companies": [one.company_code for one in late]}


def _line(one: Late) -> str:
    since = f"{one.since:%Y-%m-%d %H:%M} UTC"
    if one.run_id:
        return f"{one.dag_id} of company {one.company_code}: running since {since}, run {one.run_id}"
    return f"{one.dag_id} of company {one.company_code}: was due at {since} and has not started"
