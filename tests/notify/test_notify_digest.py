"""The daily digest and what is stale, from the books of a real warehouse."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.notify import digest_dag
from spectrum_etl.notify.digest import digest_message, read_state, stale_lines, stale_message
from spectrum_etl.operation_settings import Notifications
from spectrum_etl.settings import Company, Schedules, Settings
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.counts import Counts
from tests.receivers import Connection, webhook
from tests.sync_books import Books

NEVER = dict.fromkeys(Schedules.model_fields, "never")


def _settings(**schedules: str) -> Settings:
    companies = tuple(Company(code=code, name=code, phase_category="STD") for code in ("1", "2"))
    return Settings(companies=companies, schedules=Schedules.model_validate({**NEVER, **schedules}))


def _stale(url: str, settings: Settings, override: str | None = None) -> list[str]:
    return stale_lines(read_state(url).freshness, settings, override)


def _age(url: str, age: timedelta) -> None:
    with connect(url) as connection:
        connection.execute("update sync.runs set read_at = read_at - %s", [age])


def test_an_empty_warehouse_has_nothing_to_tell(books: Books) -> None:
    state = read_state(books.url)
    assert stale_lines(state.freshness, _settings(jobs="hourly"), None) == []
    assert digest_message(state, []) is None
    assert stale_message([]) is None


def test_stale_is_what_is_older_than_its_schedule_allows(books: Books) -> None:
    books.sync("run_1", Counts(new=1))
    _age(books.url, timedelta(hours=3))
    assert _stale(books.url, _settings(jobs="2h")) == []
    (line,) = _stale(books.url, _settings(jobs="hourly"))
    assert line.startswith("jobs of company 1: last read ")
    assert "3 hours ago, though scheduled hourly" in line
    assert _stale(books.url, _settings(jobs="hourly"), '{"jobs": "daily"}') == [], "the Variable overrides"
    assert _stale(books.url, _settings(jobs="never")) == []


def test_a_failed_or_narrowed_sync_makes_nothing_fresh(books: Books) -> None:
    books.sync("run_1", Counts(new=1))
    _age(books.url, timedelta(days=9))
    books.sync("run_2", Counts(), state="failed", message="no")
    books.sync("run_3", Counts(), narrowed=("24-1",))
    (line,) = _stale(books.url, _settings(jobs="daily"))
    assert "9 days ago" in line
    books.sync("run_4", Counts(), state="unchanged")
    assert _stale(books.url, _settings(jobs="daily")) == []


def test_an_object_that_was_never_staged_is_stale_once_the_company_is_staged(books: Books) -> None:
    books.sync("run_1", Counts(new=1))
    lines = _stale(books.url, _settings(jobs="hourly", vendors="daily"))
    assert lines == ["vendors of company 1: never staged whole, though scheduled daily"]
    message = stale_message(lines)
    assert message is not None
    assert message.events == ("stale_data",)
    assert "paused" in message.remedy


def test_the_digest_tells_what_waits_for_a_person(books: Books) -> None:
    books.sync("run_1", Counts(new=1, rejected=2), rejects=2)
    with psycopg.connect(books.url) as connection:
        for number, state in enumerate(("ready", "ready", "failed", "linked", "waiting")):
            asks = ("d", "r", "t", 0) if state == "waiting" else (None,) * 4
            connection.execute(
                "insert into export.queue (object_name, company_code, project_id, record_id, title, state, fingerprint,"
                " run_id, asks_dag_id, asks_run_id, asks_task_id, asks_map_index)"
                " values ('vendors', '1', '', %s, 't', %s, 'f', 'r', %s, %s, %s, %s)",
                [str(number), state, *asks],
            )
    message = digest_message(read_state(books.url), ["jobs of company 1: last read long ago"])
    assert message is not None
    assert message.events == ("digest",)
    assert message.title == "Daily digest: 4 exports wait, 2 rows are rejected, 1 objects are out of date"
    told = "\n".join(message.lines)
    assert "export of vendors, company 1: 2 ready: the next run of the export asks" in told
    assert "export of vendors, company 1: 1 waiting for an approver's answer" in told
    assert "export of vendors, company 1: 1 failed" in told
    assert "linked" not in told
    assert "jobs of company 1: 2 rows rejected" in told
    assert "most of them because: it is blank" in told
    assert "- jobs of company 1: last read long ago" in told


def test_a_trial_run_sends_a_test_and_no_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """It needs no warehouse, and fails with what the channel says: that is what it is for."""
    settings = Settings(
        companies=(Company(code="1", name="1", phase_category="STD"),), notifications=Notifications(channels=("slack",))
    )
    monkeypatch.setattr(digest_dag, "load_settings", lambda: settings)
    monkeypatch.setattr(digest_dag, "get_current_context", lambda: {"params": {"test": True}})
    dag = digest_dag.digest_dag("")
    assert dag.params["test"] is False, "the daily run is no trial"
    with webhook() as hook:
        monkeypatch.setattr(
            "spectrum_etl.staging.sources.airflow_connection", lambda conn_id: Connection(password=hook.url)
        )
        assert dag.get_task("tell").python_callable() == {"test": ["slack"]}
        assert "a test" in hook.posts[0]["text"]
        hook.status = 404
        with pytest.raises(FixConfiguration, match="refused the message: HTTP 404"):
            dag.get_task("tell").python_callable()
