"""Late syncs: found in the books of a real warehouse by what the schedules say, told once, and never by a deadline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from spectrum_etl.model.counts import Counts
from spectrum_etl.model.run import Run, Scope
from spectrum_etl.notify import late
from spectrum_etl.notify.late import last_due, message_of, notify_late
from spectrum_etl.orchestration import watch_dag
from spectrum_etl.settings import Company, Schedule, Settings, in_force
from spectrum_etl.settings.notifications import Notifications
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.landings import find_landing, open_landing
from spectrum_etl.warehouse.pieces import hold
from tests.receivers import Connection, Webhook, webhook
from tests.sync_books import Books

ROOT = Path(__file__).resolve().parents[2]
NEVER = dict.fromkeys(OBJECTS, "never")


def _settings(zone: str = "UTC", daily_at: str = "05:00", **schedules: str) -> Settings:
    return Settings(
        companies=tuple(Company(code=code, name=code, phase_category="STD") for code in ("1", "2")),
        schedules={**NEVER, **schedules},
        notifications=Notifications(channels=("slack",), late_after_minutes=60),
        timezone=zone,
        daily_at=daily_at,
    )


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Where messages go."""
    with webhook() as found:
        monkeypatch.setattr(
            "spectrum_etl.credentials.airflow_connection", lambda conn_id: Connection(password=found.url)
        )
        yield found


def _watched_since(books: Books, age: timedelta) -> None:
    """The watch has seen the schedules that hold now so long ago."""
    books.ask("update sync.watched set since = clock_timestamp() - %s", age)


def _begun(
    books: Books, age: timedelta, *, dag_id: str = "stage_jobs", run_id: str = "open", company: str = "1"
) -> None:
    """A sync began so long ago and has not ended."""
    with connect(books.url) as connection:
        connection.autocommit = True
        landing = open_landing(connection, "jobs", Scope(company), Run(dag_id, run_id))
        connection.execute(
            "update sync.landings set started_at = started_at - %s where landing_id = %s", [age, landing.landing_id]
        )


def _ended(books: Books, age: timedelta, **more: Any) -> None:
    """A sync began so long ago, and has ended."""
    landing = books.sync(f"ended_{age}", Counts(new=1), **more)
    books.ask("update sync.landings set started_at = started_at - %s where landing_id = %s", age, landing.landing_id)


def test_a_sync_that_was_due_and_has_not_begun_is_late_and_told_once(books: Books, hook: Webhook) -> None:
    settings = _settings(jobs="hourly")
    _ended(books, timedelta(hours=9))
    assert notify_late(books.url, settings) == [], "the schedule was seen for the first time just now"
    _watched_since(books, timedelta(days=2))
    (line,) = notify_late(books.url, settings)
    assert line.startswith("stage_jobs of company 1: was due at ")
    assert line.endswith(":00 UTC and has not started")
    assert notify_late(books.url, settings) == [line]
    (post,) = hook.posts
    assert "stage_jobs: the sync is late" in post["text"]
    assert "has to be resumed" in post["text"]


def test_a_sync_that_has_begun_since_it_was_due_is_not_late_whatever_came_of_it(books: Books, hook: Webhook) -> None:
    settings = _settings(jobs="daily", daily_at=f"{datetime.now(UTC) - timedelta(hours=3):%H:%M}")
    _ended(books, timedelta(days=1))
    notify_late(books.url, settings)
    _watched_since(books, timedelta(days=2))
    assert len(notify_late(books.url, settings)) == 1
    _ended(books, timedelta(hours=2), state="failed", message="no")
    assert notify_late(books.url, settings) == []
    books.ask("delete from sync.landings where state = 'failed'")
    assert len(notify_late(books.url, settings)) == 1
    assert len(hook.posts) == 2, "it ended in between, so it is news again"


def test_a_sync_that_is_at_work_for_too_long_is_late_one_by_hand_too(books: Books, hook: Webhook) -> None:
    settings = _settings(jobs="never")
    _begun(books, timedelta(minutes=59))
    assert notify_late(books.url, settings) == []
    _begun(books, timedelta(minutes=61), run_id="manual__7", company="2")
    (line,) = notify_late(books.url, settings)
    assert line.startswith("stage_jobs of company 2: running since ")
    assert line.endswith(", run manual__7")
    books.ask("update sync.landings set state = 'failed'")
    assert notify_late(books.url, settings) == []


def test_a_sync_that_gave_way_and_waits_for_the_end_of_quiet_hours_is_not_late(books: Books, hook: Webhook) -> None:
    """One that reads on is, as anywhere: a process holds its landing then."""
    clock = datetime.now(UTC)
    window = f"{clock - timedelta(hours=2):%H:%M}-{clock + timedelta(hours=2):%H:%M}"
    settings = _settings(jobs="never").model_copy(update={"quiet_hours": (window,)})
    _begun(books, timedelta(minutes=150))
    assert notify_late(books.url, settings) == []
    assert len(notify_late(books.url, _settings(jobs="never"))) == 1
    with connect(books.url) as connection:
        connection.autocommit = True
        landing, _ = find_landing(connection, books.ask("select max(landing_id) from sync.landings")[0][0])
        assert hold(connection, landing)
        assert len(notify_late(books.url, settings)) == 1


def test_one_line_a_sync_that_is_at_work_since_before_it_was_due(books: Books, hook: Webhook) -> None:
    settings = _settings(jobs="hourly")
    _ended(books, timedelta(hours=9))
    _begun(books, timedelta(hours=5))
    notify_late(books.url, settings)
    _watched_since(books, timedelta(days=2))
    (line,) = notify_late(books.url, settings)
    assert "running since" in line


@pytest.mark.parametrize("override", ['{"jobs": "never"}', '{"jobs": "daily"}'])
def test_a4_the_variable_says_when_a_sync_is_due(books: Books, hook: Webhook, override: str) -> None:
    """Also just after it was changed: a sync that was daily is not late because it is hourly now."""
    settings = _settings(jobs="hourly", daily_at=f"{datetime.now(UTC) - timedelta(hours=3):%H:%M}")
    now = in_force(settings, override, OBJECTS.values())
    _ended(books, timedelta(hours=2, minutes=30))
    notify_late(books.url, now)
    _watched_since(books, timedelta(days=2))
    assert notify_late(books.url, now) == []
    assert notify_late(books.url, settings) == []
    _watched_since(books, timedelta(days=2))
    assert len(notify_late(books.url, settings)) == 1


def test_what_fails_before_it_reads_is_told_as_a_failure_alone(books: Books, hook: Webhook) -> None:
    settings = _settings(jobs="hourly")
    _ended(books, timedelta(hours=9))
    notify_late(books.url, settings)
    _watched_since(books, timedelta(days=2))
    books.ask("insert into sync.told_failures (dag_id, message_hash) values ('stage_jobs', 'h')")
    assert notify_late(books.url, settings) == []


def test_backfills_narrowed_runs_and_companies_that_are_gone_say_nothing(books: Books, hook: Webhook) -> None:
    settings = _settings(jobs="hourly")
    _begun(books, timedelta(hours=9), dag_id="backfill_job_costs")
    _begun(books, timedelta(hours=9), company="9")
    notify_late(books.url, settings)
    _watched_since(books, timedelta(days=2))
    assert notify_late(books.url, settings) == []
    _ended(books, timedelta(hours=9))
    _ended(books, timedelta(minutes=1), narrowed=("24-1",))
    assert len(notify_late(books.url, settings)) == 1, "a run of one job is not the sync that was due"


def test_what_no_channel_took_is_told_by_the_next_look(books: Books, hook: Webhook) -> None:
    _begun(books, timedelta(hours=2))
    hook.status = 500
    notify_late(books.url, _settings(), None)
    hook.status = 200
    notify_late(books.url, _settings(), None)
    notify_late(books.url, _settings(), None)
    assert len(hook.posts) == 2


def test_the_settings_may_want_nobody_to_be_told(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    _begun(books, timedelta(hours=2))
    quiet = _settings().model_copy(update={"notifications": Notifications(late_after_minutes=None)})
    assert notify_late(books.url, quiet, None) == []
    monkeypatch.setattr(watch_dag, "load_settings", lambda: quiet)
    assert watch_dag.watch_dag("").schedule is None


def test_the_message_names_run_company_and_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "http://localhost:8080/")
    moment = datetime(2026, 1, 1, 5, tzinfo=UTC)
    of_run = late.Late("jobs", "1", "stage_jobs", "scheduled__2026-01-01", moment)
    message = message_of([of_run], 60, "http://localhost:8080")
    assert message is not None
    assert message.events == ("late",)
    assert "stage_jobs of company 1: running since 2026-01-01 05:00 UTC" in message.text
    assert "which is 60 minutes" in message.remedy
    assert message.link == "http://localhost:8080/dags/stage_jobs/runs/scheduled__2026-01-01"
    due = late.Late("vendors", "2", "stage_vendors", None, moment)
    both = message_of([due, of_run], 60, "http://localhost:8080")
    assert both is not None
    assert both.title == "2 syncs are late"
    assert both.link == "http://localhost:8080/dags/stage_vendors"
    assert message_of([], 60) is None


@pytest.mark.parametrize(
    ("schedule", "before", "due"),
    [
        ("hourly", "2026-03-08T09:59:59+00:00", "2026-03-08T09:00:00+00:00"),
        ("hourly", "2026-03-08T10:00:00+00:00", "2026-03-08T10:00:00+00:00"),
        # Denver is seven hours behind in winter, six in summer: its even hours are the odd ones of UTC, then the even.
        ("2h", "2026-02-01T08:30:00+00:00", "2026-02-01T07:00:00+00:00"),
        ("4h", "2026-07-01T13:59:00+00:00", "2026-07-01T10:00:00+00:00"),
        ("daily", "2026-02-01T12:29:00+00:00", "2026-01-31T12:30:00+00:00"),
        ("daily", "2026-02-01T12:30:00+00:00", "2026-02-01T12:30:00+00:00"),
        # Clocks are put back: of two hours of the same name the earlier one counts.
        ("hourly", "2026-11-01T08:30:00+00:00", "2026-11-01T07:00:00+00:00"),
        ("never", "2026-11-01T08:30:00+00:00", None),
    ],
)
def test_a_sync_is_due_by_the_clock_of_the_settings_time_zone(schedule: str, before: str, due: str | None) -> None:
    settings = _settings("America/Denver", "05:30")
    found = last_due(Schedule(schedule), settings, datetime.fromisoformat(before))
    assert found == (datetime.fromisoformat(due) if due else None)


def test_no_dag_has_a_deadline_since_its_failed_runs_could_not_be_cleared() -> None:
    from airflow.dag_processing.dagbag import DagBag

    dags = DagBag(str(ROOT / "dags")).dags
    assert [dag_id for dag_id, dag in dags.items() if dag.deadline] == []
    assert dags["watch_syncs"].schedule == watch_dag.EVERY_15_MINUTES
