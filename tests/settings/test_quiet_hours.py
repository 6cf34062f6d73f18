"""O2: hours of the day in which Spectrum is left alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from airflow.sdk.exceptions import AirflowRescheduleException

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.notify.late import last_due
from spectrum_etl.orchestration import quiet as waiting
from spectrum_etl.orchestration import staging_tasks
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


@pytest.mark.parametrize(
    ("windows", "moment", "until"),
    [
        # On 8 March clocks go from 02:00 to 03:00, at 09:00 UTC.
        (("02:30-03:15",), "2026-03-08T09:00", "2026-03-08T09:15"),
        (("02:30-03:15",), "2026-03-08T08:59", None),
        (("02:10-02:50",), "2026-03-08T09:10", None),
        (("22:00-02:30",), "2026-03-08T08:30", "2026-03-08T09:00"),
        (("00:30-02:30", "02:30-04:00"), "2026-03-08T08:00", "2026-03-08T10:00"),
        # On 1 November they go from 02:00 back to 01:00, at 08:00 UTC: 01:15 comes twice.
        (("22:00-01:30",), "2026-11-01T08:15", "2026-11-01T08:30"),
        (("22:00-01:30",), "2026-11-01T08:30", None),
        (("01:30-05:00",), "2026-11-01T07:30", "2026-11-01T12:00"),
    ],
)
def test_they_go_by_the_clock_in_the_night_in_which_it_is_changed(
    windows: tuple[str, ...], moment: str, until: str | None
) -> None:
    assert QuietHours(windows, DENVER).until(at(moment)) == (until and at(until))


@pytest.mark.parametrize("zone", [DENVER, "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"])
def test_whatever_the_clock_shows_inside_a_window_is_quiet(zone: str) -> None:
    """Minute by minute through a week with a change of the clock, windows over midnight among them."""
    for window, first in (("23:30-02:30", "2026-03-05T00:00"), ("01:45-03:10", "2026-10-29T00:00")):
        quiet, begin, end = QuietHours((window,), zone), *window.split("-")
        moment = at(first)
        for _ in range(0, 7 * 24 * 60, 5):
            shown = moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")
            inside = begin <= shown < end if begin < end else shown >= begin or shown < end
            assert quiet.until(moment) is not None or not inside, (moment, shown)
            moment += timedelta(minutes=5)


def test_how_much_of_a_time_was_quiet() -> None:
    quiet = QuietHours(("07:00-17:00", "16:00-18:00"), "UTC")
    assert quiet.within(at("2026-11-28T06:00"), at("2026-11-28T08:00")) == timedelta(hours=1)
    assert quiet.within(at("2026-11-28T06:00"), at("2026-11-30T06:00")) == timedelta(hours=22)
    assert quiet.within(at("2026-11-28T09:00"), at("2026-11-28T10:00")) == timedelta(hours=1)
    assert QuietHours((), "UTC").within(at("2026-11-28T06:00"), at("2026-11-30T06:00")) == timedelta(0)


@pytest.mark.parametrize(
    ("windows", "said"),
    [
        (["7:00-17:00"], "'7:00-17:00' is not a window of the day; write HH:MM-HH:MM, such as 07:00-17:30"),
        (["07:00-24:00"], "'07:00-24:00' is not a window of the day"),
        (["07:00-07:00"], "'07:00-07:00' begins and ends at the same time"),
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


def test_a_sync_that_did_not_get_its_turn_before_they_began_is_not_late() -> None:
    """It waited behind others, and went on waiting when the quiet hours began: only the time outside counts."""
    quiet, hour = settings("07:00-17:00", daily_at="06:50"), timedelta(hours=1)
    yesterday, today = at("2026-11-27T06:50"), at("2026-11-28T06:50")
    assert last_due(Schedule.DAILY, quiet, at("2026-11-28T12:00"), hour) == yesterday
    assert last_due(Schedule.DAILY, quiet, at("2026-11-28T17:49"), hour) == yesterday
    assert last_due(Schedule.DAILY, quiet, at("2026-11-28T17:50"), hour) == today
    assert last_due(Schedule.DAILY, settings(daily_at="06:50"), at("2026-11-28T07:50"), hour) == today
    least = settings("01:00-00:00", daily_at="00:50")
    assert last_due(Schedule.DAILY, least, at("2026-11-28T12:00"), 2 * hour) == at("2026-11-26T00:50")


class _Scheduled(dict[str, Any]):
    """The context of a task of a run."""

    def __init__(self, run_type: str) -> None:
        super().__init__(dag_run=SimpleNamespace(run_type=run_type))


def test_the_daily_check_of_connections_waits_and_one_by_hand_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuietHours, "until", lambda _self, _moment: at("2026-11-28T17:30"))
    with pytest.raises(AirflowRescheduleException):
        waiting.wait_if_scheduled(_Scheduled("scheduled"), settings("07:00-17:30"))  # type: ignore[arg-type]
    waiting.wait_if_scheduled(_Scheduled("manual"), settings("07:00-17:30"))  # type: ignore[arg-type]


def test_jobs_of_the_trigger_form_are_not_looked_up_in_quiet_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several companies, which one has which job is asked of Spectrum before anything is read."""
    monkeypatch.setattr(staging_tasks, "load_settings", lambda: settings("07:00-17:30"))
    monkeypatch.setattr(QuietHours, "until", lambda _self, _moment: at("2026-11-28T17:30"))
    with pytest.raises(AirflowRescheduleException):
        staging_tasks._jobs_of(OBJECTS["job_costs"], ["1", "2"], ("24-404",))


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
    with pytest.raises(FixConfiguration, match=r"quiet_hours: .*'all day' is not a window of the day"):
        load_settings(file)
