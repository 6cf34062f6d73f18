"""Months that a test closes when it likes."""

from __future__ import annotations

import datetime as dt

from spectrum_etl.settings.closing import ClosedMonths, Closing


class ClosedByHand(Closing):
    """Months are closed when a test says so; those before the first of them were closed as they ended.

    Args:
        months: first days of the months that a test closes, in order.
    """

    def __init__(self, *months: dt.date) -> None:
        super().__init__(ClosedMonths(day=1), "UTC")
        object.__setattr__(self, "open", list(months))
        object.__setattr__(self, "closed", {})

    open: list[dt.date]
    closed: dict[dt.date, dt.datetime]

    def close_next(self, now: dt.datetime) -> dt.date:
        """Close one more month; its last day."""
        month = self.open.pop(0)
        self.closed[month] = now
        return (month + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)

    def moments(self, now: dt.datetime) -> list[tuple[dt.date, dt.datetime]]:
        """As `Closing`."""
        first = min([*self.open, *self.closed])
        long_ago = [(month, moment) for month, moment in super().moments(now) if month < first]
        return long_ago + [(month, moment) for month, moment in self.closed.items() if moment <= now]

    @property
    def described(self) -> str:
        """As `Closing`: the rule stays the same."""
        return "by hand"
