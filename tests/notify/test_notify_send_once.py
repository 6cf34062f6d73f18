"""What lasts is told once, whoever saw it first; what could not be delivered was not told."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from spectrum_etl.connections.record import record
from spectrum_etl.connections.result import Checked, Finding
from spectrum_etl.errors import FixConfiguration, Reason, StopSync
from spectrum_etl.model.counts import Counts
from spectrum_etl.model.drift import Drift
from spectrum_etl.notify.deliver import reached
from spectrum_etl.notify.digest import digest_message, read_state
from spectrum_etl.orchestration import callbacks
from spectrum_etl.settings.notifications import Notifications
from spectrum_etl.sources.faults import NoAnswer
from spectrum_etl.staging.configured import load_settings
from tests.receivers import Connection, Webhook, webhook
from tests.sync_books import Books

DRIFT = Drift("JC_JOB_MASTER_MC", "City", "missing", "city is staged as NULL")
DOWN = Reason.of(NoAnswer("the Data Exchange server could not be reached", remedy="wait"))


@pytest.fixture
def hook(books: Books, monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    """Where everything is told; the books are the warehouse."""
    settings = load_settings().model_copy(update={"notifications": Notifications(channels=("log", "slack"))})
    monkeypatch.setattr("spectrum_etl.staging.configured.load_settings", lambda: settings)
    monkeypatch.setattr("spectrum_etl.warehouse.connect.warehouse_url", lambda: books.url)
    with webhook() as hook:
        monkeypatch.setattr(
            "spectrum_etl.credentials.airflow_connection", lambda conn_id: Connection(password=hook.url)
        )
        yield hook


def _context(run_id: str, dag_id: str = "stage_jobs", run_type: str = "scheduled") -> dict[str, Any]:
    return {
        "dag": SimpleNamespace(dag_id=dag_id),
        "run_id": run_id,
        "dag_run": SimpleNamespace(run_type=run_type),
        "ti": SimpleNamespace(task_id="land"),
        "reason": "task_failure",
    }


def _new(hook: Webhook) -> list[str]:
    """What was told since the last look: first lines."""
    told = [post["text"].partition("\n")[0] for post in hook.posts]
    hook.posts.clear()
    return told


def _fails(books: Books, run_id: str, message: Reason = DOWN, company: str = "1", **context: str) -> None:
    books.sync(run_id, Counts(), state="failed", message=message, company=company)
    callbacks.on_failure(_context(run_id, **context))


COLUMNS = "stage_jobs of company 1: Spectrum's columns have changed"
FAILED = "stage_jobs of company 1: the run failed"


def test_m4_drift_that_a_failed_try_saw_first_is_told(books: Books, hook: Webhook) -> None:
    """The first try commits what it saw and then fails; the second one sees it again."""
    books.sync("run_1", Counts(), state="failed", message=DOWN, drift=(DRIFT,))
    books.sync("run_1", Counts(new=3), drift=(DRIFT,))
    callbacks.on_success(_context("run_1"))
    assert _new(hook) == [COLUMNS]
    books.sync("run_2", Counts(), drift=(DRIFT,))
    callbacks.on_success(_context("run_2"))
    assert _new(hook) == [], "what lasts is told once"


def test_m4_drift_that_a_backfill_saw_first_is_told(books: Books, hook: Webhook) -> None:
    """By the backfill itself, once, and not again by the next sync; rejected rows are left to the digest."""
    for month in range(3):
        books.sync(f"month_{month}", Counts(rejected=2), rejects=2, drift=(DRIFT,), dag_id="backfill_jobs")
        callbacks.on_backfilled(_context(f"month_{month}", "backfill_jobs", "backfill"))
    assert _new(hook) == ["backfill_jobs: Spectrum's columns have changed"]
    books.sync("run_1", Counts(), drift=(DRIFT,))
    callbacks.on_success(_context("run_1"))
    assert _new(hook) == []


def test_m4_drift_that_could_not_be_delivered_was_not_told(books: Books, hook: Webhook) -> None:
    """The log of a process that nobody reads does not count beside a channel."""
    for number, status in enumerate((503, 503, 200, 200)):
        hook.status = status
        books.sync(f"run_{number}", Counts(), drift=(DRIFT,))
        callbacks.on_success(_context(f"run_{number}"))
    assert len(_new(hook)) == 3, "until it was taken"


def test_m4_drift_that_comes_back_is_told_again(books: Books, hook: Webhook) -> None:
    for number, drift in enumerate(((DRIFT,), (), (DRIFT,))):
        books.sync(f"run_{number}", Counts(), drift=drift)
        callbacks.on_success(_context(f"run_{number}"))
    assert _new(hook) == [COLUMNS] * 2


def test_drift_of_another_object_is_left_to_its_own_run(books: Books, hook: Webhook) -> None:
    books.sync("run_1", Counts(), drift=(DRIFT,))
    books.ask("update sync.drift set object_name = 'vendors'")
    callbacks.on_success(_context("run_1"))
    assert _new(hook) == []


def test_runs_that_end_at_the_same_time_tell_it_once(books: Books, hook: Webhook) -> None:
    for month in range(6):
        books.sync(f"month_{month}", Counts(), drift=(DRIFT,), dag_id="backfill_jobs")
    contexts = [_context(f"month_{month}", "backfill_jobs", "backfill") for month in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(callbacks.on_backfilled, contexts))
    assert len(_new(hook)) == 1


def test_what_waits_run_after_run_is_told_once(books: Books, hook: Webhook) -> None:
    books.deferred("J1", runs=3)
    hook.status = 503
    for number, status in enumerate((503, 200, 200)):
        hook.status = status
        books.sync(f"run_{number}", Counts(deferred=7))
        callbacks.on_success(_context(f"run_{number}"))
    assert _new(hook) == ["stage_jobs of company 1: published, but not every row"] * 2


def test_a_failure_that_lasts_is_told_once_a_day(books: Books, hook: Webhook) -> None:
    for hour in range(6):
        _fails(books, f"run_{hour}")
    assert _new(hook) == [FAILED]
    books.ask("update sync.told_failures set since = '2026-01-02 05:06', told_at = now() - interval '24 hours'")
    for hour in range(6, 9):
        _fails(books, f"run_{hour}")
    assert _new(hook) == ["stage_jobs of company 1: still failing, since 2026-01-02 05:06 UTC"]


def test_a2_every_record_that_fails_is_told_though_another_of_its_export_failed_just_before(
    books: Books, hook: Webhook
) -> None:
    """Runs that ask again are started by tasks, not by hand: what they fail with is no news by itself."""

    def fails(run_id: str, name: str) -> None:
        with psycopg.connect(books.url) as connection:
            connection.execute(
                "insert into export.queue (object_name, company_code, project_id, record_id, title, state, fingerprint,"
                " reason, run_id) values ('vendors', '1', '', %(name)s, %(name)s, 'failed', 'f', 'refused', %(run)s)"
                " on conflict (object_name, company_code, project_id, record_id) do update set run_id = %(run)s",
                {"name": name, "run": run_id},
            )
        callbacks.on_failure(_context(run_id, dag_id="export_vendors", run_type="operator_triggered"))

    for number, name in enumerate(("Bell", "Gray", "Gray")):
        fails(f"run_{number}", name)
    first, second = [post["text"] for post in hook.posts]
    assert "Bell of company 1: failed; refused" in first
    assert "Gray of company 1: failed; refused" in second


def test_a_daily_run_that_fails_is_told_of_each_day(books: Books, hook: Webhook) -> None:
    """It never starts to the second."""
    _fails(books, "run_1")
    books.ask("update sync.told_failures set told_at = now() - interval '23 hours 59 minutes'")
    _fails(books, "run_2")
    assert len(_new(hook)) == 2


def test_a_failure_after_a_success_is_news(books: Books, hook: Webhook) -> None:
    _fails(books, "run_1")
    books.sync("run_2", Counts())
    callbacks.on_success(_context("run_2"))
    _fails(books, "run_3")
    assert _new(hook) == [FAILED] * 2


def test_another_failure_is_news_and_the_first_one_stays_known(books: Books, hook: Webhook) -> None:
    """By what failed and what it is about, whatever the words: those differ from run to run."""

    def not_met(check: str, landing: int) -> Reason:
        words = f"the critical checks {check} of landing {landing} are not met"
        return Reason.of(StopSync(words, cause="checks not met", names=[check]))

    def no_job(job: str) -> Reason:
        return Reason.of(FixConfiguration(f"Spectrum has no job {job}", cause="unknown job", names=[job]))

    _fails(books, "run_1", not_met("jobs.a", 7))
    _fails(books, "run_2", not_met("jobs.a", 8))
    assert _new(hook) == [FAILED]
    _fails(books, "run_3", not_met("jobs.b", 9))
    _fails(books, "run_4", not_met("jobs.a", 10))
    assert len(_new(hook)) == 1
    _fails(books, "run_5", not_met("jobs.a", 11), company="2")
    assert len(_new(hook)) == 1, "another company"
    _fails(books, "run_6", no_job("24-404"))
    _fails(books, "run_7", no_job("24-405"))
    assert len(_new(hook)) == 2, "another job"


def test_the_same_words_with_another_cause_are_another_failure(books: Books, hook: Webhook) -> None:
    _fails(books, "run_1", Reason("it failed", cause="no answer", connection="spectrum_sdx"))
    _fails(books, "run_2", Reason("it failed", cause="no answer", connection="spectrum_sdx_2"))
    _fails(books, "run_3", Reason("it failed", cause="certificate", connection="spectrum_sdx"))
    assert len(_new(hook)) == 3


def test_a_failure_that_could_not_be_delivered_was_not_told(books: Books, hook: Webhook) -> None:
    for number, status in enumerate((503, 200, 200)):
        hook.status = status
        _fails(books, f"run_{number}")
    assert len(_new(hook)) == 2


def test_a_run_by_hand_is_told_whatever_was_told_before(books: Books, hook: Webhook) -> None:
    """Whoever triggered it wants to know; it changes nothing for the runs of the schedule."""
    _fails(books, "run_1")
    for number in range(2, 4):
        _fails(books, f"run_{number}", run_type="manual")
    assert _new(hook) == [FAILED] * 3
    _fails(books, "run_4")
    assert _new(hook) == []


def test_what_is_new_is_told_although_the_failure_is_known(books: Books, hook: Webhook) -> None:
    _fails(books, "run_1")
    books.sync("run_2", Counts(), state="failed", message=DOWN, drift=(DRIFT,))
    callbacks.on_failure(_context("run_2"))
    (text,) = [post["text"] for post in hook.posts[1:]]
    assert "still failing" in text
    assert "missing column City" in text


def test_a_failure_without_books_is_known_by_its_task(books: Books, hook: Webhook) -> None:
    for number in range(3):
        callbacks.on_failure(_context(f"run_{number}", "clean_up", "scheduled"))
    (post,) = hook.posts
    assert "Airflow says: task_failure, land" in post["text"]


@pytest.mark.parametrize(
    ("channels", "taken", "told"),
    [
        (("log",), ["log"], True),
        (("log", "slack"), ["log"], False),
        (("log", "slack"), ["log", "slack"], True),
        (("slack", "email"), ["slack"], True),
        (("slack",), [], False),
        ((), [], False),
    ],
)
def test_people_were_reached_when_a_channel_beside_the_log_took_it(
    channels: tuple[str, ...], taken: list[str], told: bool
) -> None:
    mail = {"email_from": "a@b.c", "email_to": ("d@e.f",)}
    assert reached(taken, Notifications.model_validate({"channels": channels, **mail})) is told


def test_a_run_is_told_about_although_the_warehouse_is_gone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("spectrum_etl.warehouse.connect.warehouse_url", lambda: "postgresql://u:p@127.0.0.1:1/none")
    callbacks.on_failure(_context("run_1"))
    assert "stage_jobs: the run failed" in caplog.text
    assert "Airflow says: task_failure" in caplog.text


def test_a_run_is_told_once_although_the_warehouse_cannot_keep_it(
    books: Books, hook: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    books.ask("alter table sync.told_failures add check (dag_id is null)")
    _fails(books, "run_1")
    assert _new(hook) == [FAILED]
    assert "the warehouse could not keep what was reported" in caplog.text


def test_the_log_is_a_channel_of_its_own(
    books: Books, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("spectrum_etl.warehouse.connect.warehouse_url", lambda: books.url)
    books.sync("run_1", Counts(new=3, rejected=2), rejects=2)
    with caplog.at_level(logging.WARNING):
        callbacks.on_success(_context("run_1"))
    assert "published, but not every row" in caplog.text
    callbacks.on_failure(_context("run_1"))
    assert "the run failed" in caplog.text


def test_a_callback_never_raises(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise FixConfiguration("settings.yaml is not YAML")

    monkeypatch.setattr("spectrum_etl.staging.configured.load_settings", broken)
    callbacks.on_failure(_context("run_1"))
    assert "nobody could be notified" in caplog.text


def test_m4_what_only_a_check_of_the_connections_meets_is_told_once(books: Books, hook: Webhook) -> None:
    """Parameters of web services and tables that exports alone look up; what a sync has met, that one tells."""
    settings = load_settings()

    def checks(run_id: str, *findings: Finding) -> None:
        found = Checked("1", "spectrum_infolink", "Info-Link", findings=findings)
        record(books.url, "Info-Link", "1", found, settings, run_id)
        callbacks.on_success(_context(run_id, dag_id="check_connections"))

    looked_up = Finding("VN_SUBCONTRACT_MC", "Status_Code", "missing", False, "not there", "the exports")
    staged = Finding("JC_JOB_MASTER_MC", "City", "missing", False, "not there", "stage of jobs")
    books.sync("run_1", Counts(new=3), drift=(DRIFT,))
    checks("check_1", looked_up, staged)
    ((first, *lines),) = [post["text"].split("\n") for post in hook.posts]
    hook.posts.clear()
    assert first == "check_connections of company 1: Spectrum's columns have changed"
    assert "missing Status_Code of VN_SUBCONTRACT_MC. It affects the exports" in "\n".join(lines)
    assert "City" not in "\n".join(lines)
    checks("check_2", looked_up, staged)
    assert _new(hook) == [], "what lasts is told once"
    checks("check_3", staged)
    checks("check_4", looked_up, staged)
    assert _new(hook) == ["check_connections of company 1: Spectrum's columns have changed"], "it came back"


def test_n12_what_has_to_be_done_in_procore_is_told_once_with_what_to_do(books: Books, hook: Webhook) -> None:
    """By the check that found it, and as long as it lasts by the digest."""
    found = Finding(
        "companies", "origin ids", "take over", True, "3 carry another id", "imports", remedy="take them over"
    )
    for run_id in ("check_1", "check_2"):
        checked = Checked("1", "procore", "Procore", findings=(found,))
        record(books.url, "Procore", "1", checked, load_settings(), run_id)
        callbacks.on_success(_context(run_id, dag_id="check_connections"))
    ((first, *lines),) = [post["text"].split("\n") for post in hook.posts]
    assert first == "check_connections of company 1: something has to be done in Procore"
    said = "3 carry another id. What to do: take them over."
    assert f"company 1, Procore, companies, origin ids: {said} It affects imports" in "\n".join(lines)
    message = digest_message(read_state(books.url, ["1"]), [])
    assert message is not None
    assert "1 things have to be done in Procore" in message.title
    assert f"company 1, companies, origin ids: {said} It stops what is in use." in "\n".join(message.lines)
