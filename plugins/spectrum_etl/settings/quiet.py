"""Hours of the day in which Spectrum is left alone (O2): the setting `quiet_hours`, and what it does to a moment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_DAY = 24 * 60
#: The longest stretch between quiet hours has to be so long, in minutes: a first sync of a large history takes as long.
LEAST_ROOM = 60


@dataclass(frozen=True)
class QuietHours:
    """Windows of the day, by the clock of a time zone.

    Args:
        windows: `HH:MM-HH:MM` each; one that ends before it begins goes on over midnight.
        zone: name of the time zone.
    """

    windows: tuple[str, ...]
    zone: str

    def until(self, moment: datetime) -> datetime | None:
        """When the quiet hours end that a moment falls into, in UTC; None where it falls into none.

        Windows that follow each other without a gap are one.

        Args:
            moment: zone-aware.
        """
        days = timedelta(days=len(self.windows) + 1)
        return next((end for begin, end in self._between(moment - days, moment + days) if begin <= moment < end), None)

    def within(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time between two moments was quiet.

        Args:
            start, end: zone-aware.
        """
        found = self._between(start, end)
        return sum((min(last, end) - max(first, start) for first, last in found), timedelta(0))

    def _between(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """Begin and end in UTC of the quiet hours that touch the time between two moments, in order."""
        zone = ZoneInfo(self.zone)
        first, last = (moment.astimezone(zone).date() for moment in (start, end))
        found: list[tuple[datetime, datetime]] = []
        # One that goes on over midnight has begun the day before.
        days = [first + timedelta(days=place) for place in range(-1, (last - first).days + 1)]
        for begin, ending in sorted(_of_day(window, day, zone) for day in days for window in self.windows):
            if found and begin <= found[-1][1]:
                found[-1] = found[-1][0], max(found[-1][1], ending)
            elif begin < ending:
                found.append((begin, ending))
        return [(begin, ending) for begin, ending in found if begin < end and ending > start]


def wrong_window(text: str) -> str | None:
    """Why a text is no window; None where it is one."""
    found = _WINDOW.fullmatch(text)
    if not found:
        return f"{text!r} is not a window of the day; write HH:MM-HH:MM, such as 07:00-17:30"
    if found.group(1, 2) == found.group(3, 4):
        return f"{text!r} begins and ends at the same time; write when it begins and when it ends"
    return None


def longest_room(windows: Sequence[str]) -> int:
    """The longest stretch of a day without quiet hours, in minutes.

    Args:
        windows: all of them well formed.
    """
    quiet = [False] * _DAY
    for window in windows:
        begins, ends = _minutes(window)
        for minute in range(begins, ends if ends > begins else ends + _DAY):
            quiet[minute % _DAY] = True
    if not any(quiet):
        return _DAY
    longest = room = 0
    for minute in range(2 * _DAY):  # a stretch may go on over midnight
        room = 0 if quiet[minute % _DAY] else room + 1
        longest = max(longest, room)
    return longest


def _minutes(window: str) -> tuple[int, int]:
    found = _WINDOW.fullmatch(window)
    assert found is not None
    hours_from, minutes_from, hours_to, minutes_to = map(int, found.groups())
    return hours_from * 60 + minutes_from, hours_to * 60 + minutes_to


def _of_day(window: str, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Begin and end in UTC of a window that begins on a day."""
    begins, ends = _minutes(window)
    last = day + timedelta(days=1) if ends <= begins else day
    return _moment(day, begins, zone, fold=0), _moment(last, ends, zone, fold=1)


def _moment(day: date, minutes: int, zone: ZoneInfo, *, fold: int) -> datetime:
    """When the clock of a zone shows a time, in UTC.

    One that it shows twice is the first or the second time, by `fold`. One that clocks are put forward over is when
    they are.
    """
    shown = datetime.combine(day, time(minutes // 60, minutes % 60), zone)
    first, second = (shown.replace(fold=each).astimezone(UTC) for each in (0, 1))
    if first <= second:
        return second if fold else first
    # Of a time that there is not, the later reading goes by the offset from before.
    before = second.astimezone(zone).utcoffset()
    while second.astimezone(zone).utcoffset() == before:
        second += timedelta(minutes=1)
    return second
