"""O2: hours of the day in which Spectrum is left alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from airflow.sdk.exceptions import AirflowRescheduleException

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.notify.late import last_due
from spectrum_etl.orchestration import quiet as waiting
from spectrum_etl.settings import Schedule, Settings
from spectrum_etl.settings.quiet import QuietHours
from spectrum_etl.staging.objects import OBJECTS

DENVER = "America/Denver"
_COMPANY = {"code": "1", "name": "One", "phase_category": "STD"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+00:00")


def settings(*windows: str, **values: object) -> Settings:
    return Settings.model_validate({"companies": [_COMPANY], "quiet_hours": list(windows), **values})


@pytest.mark.parametrize(
    ("windows", "moment", "until"),
    [
        (("07:00-17:30",), "2026-11-28T07:00", "2026-11-28T17:30"),
        (("07:00-17:30",), "2026-11-28T17:29", "2026-11-28T17:30"),
        (("07:00-17:30",), "2026-11-28T17:30", None),
        (("07:00-17:30",), "2026-11-28T06:59", None),
        (("22:00-02:00",), "2026-11-28T23:00", "2026-11-29T02:00"),
        (("22:00-02:00",), "2026-11-28T01:59", "2026-11-28T02:00"),
        (("22:00-02:00",), "2026-11-28T02:00", None),
        (("22:00-00:00", "00:00-06:00"), "2026-11-28T22:00", "2026-11-29T06:00"),
        (("08:00-12:00", "11:00-15:00", "15:00-16:00"), "2026-11-28T09:00", "2026-11-28T16:00"),
        ((), "2026-11-28T09:00", None),
    ],
)
def test_a_moment_inside_waits_for_the_end(windows: tuple[str, ...], moment: str, until: str | None) -> None:
    assert QuietHours(windows, "UTC").until(at(moment)) == (until and at(until))


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-07-01T13:00", "2026-07-01T23:00"),  # summer: 07:00 to 17:00 by the clock
        ("2026-12-01T13:30", None),
        ("2026-12-01T14:00", "2026-12-02T00:00"),
        ("2026-03-08T13:00", "2026-03-08T23:00"),  # the day on which clocks are put forward
        ("2026-11-01T14:00", "2026-11-02T00:00"),  # … and back
    ],
)
def test_they_go_by_the_clock_of_the_time_zone(moment: str, until: str | None) -> None:
    assert QuietHours(("07:00-17:00",), DENVER).until(at(moment)) == (until and at(until))


def test_how_much_of_a_time_was_quiet() -> None:
    quiet = QuietHours(("07:00-17:00", "16:00-18:00"), "UTC")
    assert quiet.within(at("2026-11-28T06:00"), at("2026-11-28T08:00")) == timedelta(hours=1)
    assert quiet.within(at("2026-11-28T06:00"), at("2026-11-30T06:00")) == timedelta(hours=22)
    assert quiet.within(at("2026-11-28T09:00"), at("2026-11-28T10:00")) == timedelta(hours=1)
    assert QuietHours((), "UTC").within(at("2026-11-28T06:00"), at("2026-11-30T06:00")) == timedelta(0)


@pytest.mark.parametrize(
    ("windows", "said"),
    [
        (["7:00-17:00"], "'7:00-17:00' is no window of the day; write HH:MM-HH:MM, such as 07:00-17:30"),
        (["07:00-24:00"], "'07:00-24:00' is no window of the day"),
        (["07:00-07:00"], "'07:00-07:00' has no length"),
        (["00:00-12:00", "12:00-23:30"], "they leave 30 minutes at a time for syncs; leave at least 60"),
        (["00:30-12:00", "12:00-00:00"], "they leave 30 minutes at a time"),
        (["06:00-05:30"], "they leave 30 minutes at a time"),
    ],
)
def test_a_window_that_is_none_or_leaves_no_room_is_refused_on_load(windows: list[str], said: str) -> None:
    with pytest.raises(ValueError, match="quiet_hours") as caught:
        settings(*windows)
    assert said in str(caught.value)


def test_an_hour_over_midnight_is_room_enough() -> None:
    assert settings("00:30-23:30").quiet_hours == ("00:30-23:30",)


def test_a_task_that_reads_waits_without_a_slot_and_then_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        moment = at("2026-11-28T09:00")

        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return cls.moment

    monkeypatch.setattr(waiting, "datetime", Clock)
    with pytest.raises(AirflowRescheduleException) as caught:
        waiting.wait_for_quiet_hours(settings("07:00-17:30"))
    assert caught.value.reschedule_date == at("2026-11-28T17:30")
    Clock.moment = at("2026-11-28T17:30")
    waiting.wait_for_quiet_hours(settings("07:00-17:30"))


def test_a_sync_that_waits_is_not_late() -> None:
    quiet = settings("07:00-17:00")
    hourly = Schedule.HOURLY
    assert last_due(hourly, quiet, at("2026-11-28T06:30")) == at("2026-11-28T06:00")
    assert last_due(hourly, quiet, at("2026-11-28T12:30")) == at("2026-11-28T06:00"), "none had to begin since"
    assert last_due(hourly, quiet, at("2026-11-28T17:00")) == at("2026-11-28T17:00")
    assert last_due(Schedule.DAILY, settings("04:00-23:00"), at("2026-11-28T22:00")) == at("2026-11-27T05:00")
    assert last_due(Schedule.DAILY, settings("04:00-23:00"), at("2026-11-28T23:00")) == at("2026-11-28T05:00")


def test_data_do_not_get_out_of_date_meanwhile() -> None:
    """Two intervals of an hour are allowed; from 07:00 to 17:00 nothing is read."""
    jobs = OBJECTS["jobs"]
    quiet = settings("07:00-17:00", schedules={"jobs": "hourly"})
    read_at = at("2026-11-28T06:00")
    assert not quiet.is_stale(jobs, read_at, at("2026-11-28T18:00"))
    assert quiet.is_stale(jobs, read_at, at("2026-11-28T18:01"))
    assert settings(schedules={"jobs": "hourly"}).is_stale(jobs, read_at, at("2026-11-28T08:01"))
    assert quiet.is_stale(jobs, at("2025-01-01T06:00"), at("2026-11-28T12:00")), "whatever is old is old"
    nearly_all = settings("01:00-23:30", schedules={"jobs": "hourly"})
    assert nearly_all.is_stale(jobs, at("2026-11-01T06:00"), at("2026-11-28T20:00")), "however little is left of a day"
    assert not settings(schedules={"jobs": "never"}).is_stale(jobs, read_at, at("2027-11-28T08:01"))


def test_the_wrong_setting_is_told_by_its_file(tmp_path) -> None:
    from spectrum_etl.staging.configured import load_settings

    file = tmp_path / "settings.yaml"
    file.write_text("companies: [{code: '1', name: One, phase_category: STD}]\nquiet_hours: ['all day']\n")
    with pytest.raises(FixConfiguration, match=r"quiet_hours: .*'all day' is no window of the day"):
        load_settings(file)
