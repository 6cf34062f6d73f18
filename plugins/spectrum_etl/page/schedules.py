"""How often each object is synced, in one word, and how old its data may be."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.models.variable import Variable

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.settings import SCHEDULES_VARIABLE, Settings, schedule_name, wrong_schedules

_EVERY = {
    "daily": timedelta(days=1),
    "4h": timedelta(hours=4),
    "2h": timedelta(hours=2),
    "hourly": timedelta(hours=1),
}
#: Data are late when a whole sync was missed: twice the interval, since a sync takes its time.
_LATE = 2


def schedules_in_force(settings: Settings, objects: list[str]) -> tuple[dict[str, str], list[FixConfiguration]]:
    """The schedule of each object, the Variable's or that of the settings (A4), and what is wrong in the Variable."""
    override = Variable.get(SCHEDULES_VARIABLE, default_var=None)
    return {name: schedule_name(name, settings, override) for name in objects}, wrong_schedules(override)


def is_late(schedule: str, read_at: datetime | None, now: datetime) -> bool:
    """Whether data that were read then should have been read anew by now; never where nothing is scheduled."""
    interval = _EVERY.get(schedule)
    return interval is not None and read_at is not None and now - read_at > _LATE * interval
