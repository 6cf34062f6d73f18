"""O5: which months are closed, and since when: the setting `closed_months`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from spectrum_etl.settings import Settings
from spectrum_etl.settings.closing import Closing

_COMPANY = {"code": "1", "name": "One", "phase_category": "STD"}


def closing(rule: dict[str, Any], timezone: str = "UTC") -> Closing:
    settings = Settings.model_validate({"companies": [_COMPANY], "closed_months": {"1": rule}, "timezone": timezone})
    found = settings.closing(" 1 ")
    assert found is not None
    return found


def closed(rule: dict[str, Any], now: str, timezone: str = "UTC") -> dict[str, str]:
    """Month -> since when, of the last months that are closed."""
    moments = closing(rule, timezone).moments(datetime.fromisoformat(f"{now}+00:00"))
    return {f"{month:%Y-%m}": f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" for month, moment in moments[-3:]}


def test_o5_nothing_is_closed_of_a_company_without_the_setting() -> None:
    assert Settings.model_validate({"companies": [_COMPANY]}).closing("1") is None


@pytest.mark.parametrize(
    ("now", "last"),
    [("2026-11-09 23:59", "2026-09"), ("2026-11-10 00:00", "2026-10"), ("2027-01-10 00:00", "2026-12")],
)
def test_o5_a_day_closes_the_month_before(now: str, last: str) -> None:
    assert list(closed({"day": 10}, now))[-1] == last


def test_o5_the_day_begins_where_the_company_is_in_summer_and_winter() -> None:
    found = closed({"day": 10}, "2026-12-01 00:00", "America/Denver")
    assert found == {"2026-08": "2026-09-10 06:00", "2026-09": "2026-10-10 06:00", "2026-10": "2026-11-10 07:00"}


def test_o5_a_list_closes_each_month_on_its_day_and_what_is_not_listed_with_the_next() -> None:
    rule = {"months": {"2026-09": "2026-10-12", "2026-06": "2026-07-20"}}
    assert closed(rule, "2026-11-01 00:00") == {
        "2026-07": "2026-10-12 00:00",
        "2026-08": "2026-10-12 00:00",
        "2026-09": "2026-10-12 00:00",
    }
    moments = closing(rule).moments(datetime(2026, 8, 1, tzinfo=UTC))
    assert [moments[0][0], moments[-1][0]] == [date(1980, 1, 1), date(2026, 6, 1)], "what is closed later is open"
    assert {moment.date() for _, moment in moments} == {date(2026, 7, 20)}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({}, "name either the day of the next month on which a month is closed, or the months"),
        ({"day": 10, "months": {"2026-09": "2026-10-12"}}, "name either the day"),
        ({"day": 29}, "less than or equal to 28"),
        ({"day": 0}, "greater than or equal to 1"),
        ({"months": {"2026-13": "2026-10-12"}}, "'2026-13' is not a month; write YYYY-MM, such as 2026-09"),
        ({"months": {"2026-09": "2026-09-30"}}, "2026-09 is closed on 2026-09-30, before it ends"),
        ({"months": {"2026-09": "soon"}}, "valid date"),
        (
            {"months": {"2026-08": "2026-10-13", "2026-09": "2026-10-12"}},
            "2026-09 is closed on 2026-10-12, before 2026-08 on 2026-10-13",
        ),
        ({"last": "2026-09"}, "last"),
    ],
)
def test_o5_a_rule_that_cannot_be_meant_is_refused_on_load(rule: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match="closed_months") as caught:
        closing(rule)
    assert said in str(caught.value)


def test_o5_an_unknown_company_is_refused_with_those_that_are_configured() -> None:
    with pytest.raises(ValueError, match=r"unknown companies \['7'\]; configured: \['1'\]"):
        Settings.model_validate({"companies": [_COMPANY], "closed_months": {"7": {"day": 10}}})
