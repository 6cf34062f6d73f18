"""How often an object is staged: the one list of schedules, and the Airflow Variable that overrides them (A4)."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import time, timedelta
from enum import StrEnum
from typing import Any

from spectrum_etl.errors import FixConfiguration

#: The Airflow Variable that overrides `schedules` from the UI (A4).
SCHEDULES_VARIABLE = "spectrum_schedules"


class Schedule(StrEnum):
    """How often an object is staged, by the name that settings and Variable give it."""

    NEVER = "never"
    DAILY = "daily"
    EVERY_4_HOURS = "4h"
    EVERY_2_HOURS = "2h"
    HOURLY = "hourly"

    @property
    def interval(self) -> timedelta | None:
        """From one sync to the next; None for `never`, which runs on demand only."""
        hours = {"daily": 24, "4h": 4, "2h": 2, "hourly": 1}.get(self.value)
        return timedelta(hours=hours) if hours else None

    @property
    def words(self) -> str:
        """The schedule as people say it: `every 4 hours`."""
        return {"never": "on demand", "4h": "every 4 hours", "2h": "every 2 hours"}.get(self.value, self.value)

    def due(self, daily_at: time) -> tuple[int, Collection[int]]:
        """The minute of the hour and the hours of the day at which a sync begins; no hours for `never`.

        Args:
            daily_at: the time of day of `daily`.
        """
        if self is Schedule.DAILY:
            return daily_at.minute, (daily_at.hour,)
        step = self.interval
        return 0, range(0, 24, step // timedelta(hours=1)) if step else ()

    def cron(self, daily_at: time) -> str | None:
        """The same as a cron expression in the time zone of the settings; None for `never`."""
        minute, hours = self.due(daily_at)
        if isinstance(hours, range):
            return f"{minute} * * * *" if hours.step == 1 else f"{minute} */{hours.step} * * *"
        return f"{minute} {next(iter(hours))} * * *" if hours else None


SCHEDULES = tuple(schedule.value for schedule in Schedule)


def overrides(
    variable: str | dict[str, Any] | None, names: Collection[str]
) -> tuple[dict[str, Schedule], list[FixConfiguration]]:
    """The entries of the Airflow Variable that hold, and what is wrong with the others, one error an entry.

    One wrong word must not take the DAGs away, so it is no import error: for a wrong entry the settings' own schedule
    holds, and the page, the digest and check_connections report it.

    Args:
        variable: its value: JSON text or its object; empty means none.
        names: of the objects that exist.
    """
    if not variable:
        return {}, []
    where = f"the Airflow Variable {SCHEDULES_VARIABLE}"
    shape = 'write it like {"jobs": "hourly", "vendors": "daily"}; until then the schedules of the settings apply'
    try:
        values = json.loads(variable) if isinstance(variable, str) else variable
    except (ValueError, RecursionError):
        return {}, [FixConfiguration(f"{where} is not JSON", remedy=shape)]
    if not isinstance(values, dict):
        return {}, [FixConfiguration(f"{where} is not a JSON object", remedy=shape)]
    good: dict[str, Schedule] = {}
    wrong: list[FixConfiguration] = []
    for name, value in values.items():
        if name not in names:
            message, remedy = f"{where} names an object {name!r} that does not exist", f"use {', '.join(names)}"
            wrong.append(FixConfiguration(message, remedy=remedy))
        elif value not in SCHEDULES:
            message = f"{where} schedules {name} as {value!r}, so the schedule of the settings applies"
            wrong.append(FixConfiguration(message, remedy=f"use one of {', '.join(SCHEDULES)}"))
        else:
            good[name] = Schedule(value)
    return good, wrong
