"""The guards' limits, to the row."""

import pytest

from spectrum_etl.settings import Company, Settings
from spectrum_etl.staging import guards

SETTINGS = Settings(companies=(Company(code="1", name="One", phase_category="STD"),))
SMALL = SETTINGS.model_copy(update={"max_deleted_share": 0.29, "max_rejected_share": 0.29, "max_deleted_rows": 0})


@pytest.mark.parametrize(
    ("rows", "before", "status"),
    [
        (100, None, "passed"),
        (100, 0, "passed"),
        (150, 100, "passed"),
        (151, 100, "warned"),
        (50, 100, "passed"),
        (49, 100, "warned"),
        (0, 100, "warned"),
    ],
)
def test_volume_warns_of_a_change_beyond_the_share(rows: int, before: int | None, status: str) -> None:
    result = guards.volume("jobs", "1", rows, before, SETTINGS)
    assert (result.name, result.severity, result.status, result.source) == ("volume", "warning", status, "guard")
    assert result.rows_checked == rows
    assert bool(result.message) == (status == "warned")


def test_volume_names_both_counts_and_the_limit() -> None:
    message = guards.volume("jobs", "1", 40, 100, SETTINGS).message
    assert "jobs of company 1: 40 rows, 60 fewer than the 100 of the last sync" in message
    assert "max_volume_change 50 %" in message


@pytest.mark.parametrize(
    ("landed", "rejected", "status"),
    [(10, 10, "passed"), (20, 20, "passed"), (21, 21, "failed"), (210, 21, "passed"), (209, 21, "failed")],
)
def test_rejected_rows_stop_beyond_both_limits(landed: int, rejected: int, status: str) -> None:
    result = guards.rejected_share("jobs", "1", landed, rejected, SETTINGS)
    assert (result.severity, result.status, result.stops) == ("critical", status, status == "failed")
    assert (result.rows_checked, result.rows_failed) == (landed, rejected)
    if status == "failed":
        assert f"{rejected} of {landed} rows were rejected" in result.message
        assert "max_rejected_rows 20 and max_rejected_share 10 %" in result.message
        assert "sync.checks show the reasons" in result.remedy


@pytest.mark.parametrize(
    ("living", "deleted", "status"),
    [(20, 20, "passed"), (21, 21, "failed"), (105, 21, "passed"), (104, 21, "failed"), (0, 0, "passed")],
)
def test_a_mass_delete_stops_beyond_both_limits(living: int, deleted: int, status: str) -> None:
    result = guards.mass_delete("vendors", "2", living, deleted, SETTINGS)
    assert (result.severity, result.status) == ("critical", status)
    if status == "failed":
        assert f"vendors of company 2: {deleted} of {living} living rows" in result.message
        assert "max_deleted_rows 20 and max_deleted_share 20 %" in result.message
        assert "allow one mass delete in the trigger form" in result.remedy


def test_an_allowed_mass_delete_is_published_and_shown() -> None:
    result = guards.mass_delete("vendors", "1", 100, 100, SETTINGS, allowed=True)
    assert (result.severity, result.status, result.stops) == ("critical", "warned", False)
    assert ("allowed it" in result.message, result.remedy) == (True, "")
    assert guards.mass_delete("vendors", "1", 100, 1, SETTINGS, allowed=True).status == "passed"


def test_a_share_is_compared_exactly() -> None:
    # As floats, 0.29 * 100 is 28.999999999999996.
    assert guards.mass_delete("jobs", "1", 100, 29, SMALL).status == "passed"
    assert guards.rejected_share("jobs", "1", 100, 29, SMALL).status == "passed"
    assert guards.mass_delete("jobs", "1", 100, 30, SMALL).status == "failed"
