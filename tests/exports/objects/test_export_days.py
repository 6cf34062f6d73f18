"""A7: a booking date is the day that Procore's users see: midnight UTC is that day, another moment the project's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spectrum_etl.exports.objects.days import day_of, zone_of

DENVER = {"id": 501, "tz_name": "America/Denver", "time_zone": "Mountain Time (US & Canada)"}


@pytest.fixture(autouse=True)
def settings_zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings' zone."""
    path = tmp_path / "settings.yaml"
    path.write_text("companies: [{code: '001', name: Demo, phase_category: STD}]\ntimezone: America/Chicago\n")
    monkeypatch.setenv("SPECTRUM_ETL_SETTINGS", str(path))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-09-01T00:00:00Z", "2026-09-01"),
        ("2026-09-01T00:00:00.000Z", "2026-09-01"),
        ("2026-09-01T00:00:00+00:00", "2026-09-01"),
        ("2026-08-31T18:00:00-06:00", "2026-09-01"),
        ("2026-09-01", "2026-09-01"),
        ("2026-09-01T23:30:00", "2026-09-01"),
        ("2026-09-01T00:00:01Z", "2026-08-31"),
        ("2026-09-01T05:59:59Z", "2026-08-31"),
        ("2026-09-01T06:00:00Z", "2026-09-01"),
        ("2026-01-01T06:59:59Z", "2025-12-31"),
        ("2026-08-31T22:15:00-06:00", "2026-08-31"),
        ("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59-14:00"),
        ("0001-01-01T00:00:01Z", "0001-01-01T00:00:01Z"),
        ("soon", "soon"),
        (None, ""),
    ],
)
def test_a7_the_day_of_a_moment(moment: Any, day: str) -> None:
    """Midnight UTC used to be the day before in a US zone, and an evening the day after with the default UTC."""
    assert day_of(moment, DENVER) == day


@pytest.mark.parametrize(
    ("project", "zone"),
    [
        ({"tz_name": "America/New_York", "time_zone": "Pacific Time (US & Canada)"}, "America/New_York"),
        ({"tz_name": None, "time_zone": "Pacific Time (US & Canada)"}, "America/Los_Angeles"),
        ({"time_zone": "US/Pacific"}, "US/Pacific"),
        ({"tz_name": "Nowhere/Land", "time_zone": "Arizona"}, "America/Phoenix"),
        ({"tz_name": "../../etc/passwd", "time_zone": "America"}, "America/Chicago"),
        ({"tz_name": "a\x00b", "time_zone": "\ud800"}, "America/Chicago"),
        ({}, "America/Chicago"),
    ],
)
def test_a7_a_projects_own_zone_else_the_settings(
    project: dict[str, Any], zone: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert zone_of(project).key == zone
    assert not [letter for letter in caplog.text if "\ud800" <= letter <= "\udfff"], "the log cannot be written"
