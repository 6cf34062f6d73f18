"""The section `closed_months` of the settings (O5): which months are closed, and since when."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from spectrum_etl.settings.shape import Strict

#: No posting is expected to be older (check `date_in_range` of the transactions); one that is counts as one of it.
FIRST_MONTH = date(1980, 1, 1)

_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])\Z")


class ClosedMonths(Strict):
    """Which months of one company are closed: by a day of the next month, or each by a date of its own.

    Args:
        day: from the beginning of this day of the next month on, a month is closed.
        months: month (`2026-09`) -> the day from whose beginning on it is closed. One that is not listed was closed
            with the next one that is; those after the last one are open.
    """

    day: int | None = Field(default=None, ge=1, le=28)
    months: dict[str, date] = Field(default_factory=dict)

    @field_validator("months", mode="after")
    @classmethod
    def _in_order(cls, value: dict[str, date]) -> dict[str, date]:
        if wrong := [month for month in value if not _MONTH.match(month)]:
            raise ValueError(f"{wrong[0]!r} is not a month; write YYYY-MM, such as 2026-09")
        for month, day in value.items():
            if day < next_month(_first(month)):
                raise ValueError(f"{month} is closed on {day}, before it ends")
        ordered = sorted(value.items())
        for (earlier, closed), (later, then) in itertools.pairwise(ordered):
            if then < closed:
                raise ValueError(f"{later} is closed on {then}, before {earlier} on {closed}")
        return value

    @model_validator(mode="after")
    def _one_way(self) -> ClosedMonths:
        if (self.day is None) == (not self.months):
            raise ValueError("name either the day of the next month on which a month is closed, or the months")
        return self


@dataclass(frozen=True)
class Closing:
    """What is closed of one company.

    Args:
        rule: of the settings.
        zone: name of the time zone in which a day begins.
    """

    rule: ClosedMonths
    zone: str

    def moments(self, now: datetime) -> list[tuple[date, datetime]]:
        """First day of each month that is closed -> the moment since when, from `FIRST_MONTH` on.

        Args:
            now: zone-aware; a month that is closed later is open.
        """
        listed = sorted((_first(month), day) for month, day in self.rule.months.items())
        last = listed[-1][0] if listed else now.astimezone(ZoneInfo(self.zone)).date()
        found = []
        month = FIRST_MONTH
        while month <= last:
            if self.rule.day is None:
                day = next(day for known, day in listed if known >= month)
            else:
                day = next_month(month) + timedelta(days=self.rule.day - 1)
            moment = datetime.combine(day, time(), ZoneInfo(self.zone))
            if moment <= now:
                found.append((month, moment))
            month = next_month(month)
        return found

    @property
    def described(self) -> str:
        """A text that differs whenever the rule does."""
        return f"{self.zone} {self.rule.model_dump_json()}"


def next_month(month: date) -> date:
    """First day of the month after the one that begins on a day."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
