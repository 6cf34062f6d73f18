"""The records that walk from task to task, and the months of an interval."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.run import Landing, Run, Scope, clean_codes
from spectrum_etl.orchestration.staging_tasks import months_between

_MOMENT = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize("month", ["2026-07", "202613", "202600", "26007", "2026071", "", "202607\n"])
def test_a_month_that_is_none_is_refused(month: str) -> None:
    with pytest.raises(FixConfiguration, match="YYYYMM, such as 202607") as caught:
        Scope("1", months=(month,))
    assert repr(month) in str(caught.value)


def test_scope_survives_json() -> None:
    scope = Scope("1", jobs=("J1", "J2"), months=("202607",), full_refresh=True, allow_mass_delete=True)
    assert Scope.from_dict(scope.to_dict()) == scope
    assert Scope.from_dict(Scope("2").to_dict()) == Scope("2")


def test_typed_job_numbers_are_cleaned() -> None:
    assert clean_codes([" J1 ", "J2", "", "  ", "J1"]) == ("J1", "J2")
    assert clean_codes(None) == ()
    assert Scope.from_dict({**Scope("1").to_dict(), "jobs": [" J1", "J1 "]}).jobs == ("J1",)


def test_what_counts_as_narrowed() -> None:
    assert not Scope("1", full_refresh=True, allow_mass_delete=True).narrowed
    assert Scope("1", jobs=("J1",)).narrowed
    assert Scope("1", months=("202607",)).narrowed


def test_names_of_landing_tables() -> None:
    landing = Landing(12, "jobs", Scope("1"), Run("stage_jobs", "r"), _MOMENT, _MOMENT)
    assert landing.relation("jobs") == "landing.jobs_12"
    assert landing.relation("jobs", "rejects") == "landing.jobs_12_rejects"


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        pytest.param((2026, 7, 1), (2026, 8, 1), ("202607",), id="a_month"),
        pytest.param((2026, 7, 1), (2026, 7, 1), ("202607",), id="an_empty_interval"),
        pytest.param((2026, 7, 31), (2026, 8, 2), ("202607", "202608"), id="touches_two"),
        pytest.param((2025, 11, 15), (2026, 2, 1), ("202511", "202512", "202601"), id="over_new_year"),
        pytest.param((2026, 7, 9), (2026, 7, 10), ("202607",), id="a_day"),
    ],
)
def test_months_between(start: tuple[int, int, int], end: tuple[int, int, int], months: tuple[str, ...]) -> None:
    """M2: a backfill of a month stages that month, not its neighbours."""
    for zone in (UTC, ZoneInfo("America/Denver")):
        assert months_between(datetime(*start, tzinfo=zone), datetime(*end, tzinfo=zone)) == months
