"""O4: which month ends the WIP schedule has, and when each was closed."""

from __future__ import annotations

from datetime import UTC, date, datetime

from spectrum_etl.marts.wip import MONTHS, month_ends
from spectrum_etl.settings.closing import ClosedMonths, Closing

JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)


def test_o4_a_month_ends_with_its_last_day_where_the_settings_close_none() -> None:
    now = datetime(2026, 3, 1, 6, 59, tzinfo=UTC)
    *_, january, february = month_ends(now, None, "America/Denver")
    assert january == (JANUARY, datetime(2026, 2, 1, 7, tzinfo=UTC))
    assert february == (FEBRUARY, None), "it is still February in Denver"
    assert month_ends(now, None, "UTC")[-2:] == [
        (FEBRUARY, datetime(2026, 3, 1, tzinfo=UTC)),
        (date(2026, 3, 31), None),
    ]
    assert len(month_ends(now, None, "UTC")) == MONTHS


def test_o4_a_month_is_closed_when_the_settings_say_so() -> None:
    closing = Closing(ClosedMonths(day=10), "UTC")
    found = month_ends(datetime(2026, 3, 9, tzinfo=UTC), closing, "America/Denver")
    assert found[-3:] == [
        (JANUARY, datetime(2026, 2, 10, tzinfo=UTC)),
        (FEBRUARY, None),
        (date(2026, 3, 31), None),
    ]
