"""Late syncs: which DAGs have a deadline, that Airflow can store it, and what is told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from spectrum_etl.notify import late
from spectrum_etl.operation_settings import Notifications
from spectrum_etl.settings import load_settings
from spectrum_etl.staging.dag import staging_dag
from spectrum_etl.staging.objects import OBJECTS
from tests.receivers import Connection, webhook

RUN = {
    "dag_id": "stage_jobs",
    "dag_run_id": "scheduled__2026-01-01",
    "state": "running",
    "queued_at": "2026-01-01T05:00:00Z",
    "conf": {"companies": ["1"]},
}


def test_a_scheduled_sync_has_a_deadline_and_one_on_demand_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.sdk import Variable

    monkeypatch.setattr(Variable, "get", classmethod(lambda *a, **k: '{"jobs": "never", "vendors": "2h"}'))
    assert staging_dag(OBJECTS["jobs"], "").deadline in (None, [])
    (alert,) = staging_dag(OBJECTS["vendors"], "").deadline
    assert alert.interval.total_seconds() == load_settings().notifications.late_after_minutes * 60
    assert alert.callback.path == "spectrum_etl.notify.late.sync_is_late"


def test_the_settings_say_from_when_late_is_counted() -> None:
    """From the moment at which Airflow queues a run: one that it queues late, or never, is for `stale_data`."""
    from airflow.sdk.definitions.deadline import DeadlineReference

    alert = late.late_alert(Notifications(late_after_minutes=60))
    assert alert is not None
    assert alert.reference == DeadlineReference.DAGRUN_QUEUED_AT
    settings = (Path(__file__).resolve().parents[2] / "include/settings.yaml").read_text(encoding="utf-8")
    comment = settings.partition("late_after_minutes:")[0].rpartition("stale_after_intervals:")[2]
    assert "queued" in comment
    assert "by hand" in comment
    assert "due" not in comment


def test_a_backfill_has_no_deadline() -> None:
    from airflow.dag_processing.dagbag import DagBag

    dags = DagBag(str(Path(__file__).resolve().parents[2] / "dags")).dags
    assert not dags["backfill_job_costs"].deadline
    assert dags["stage_jobs"].deadline


def test_airflow_stores_the_alert_and_gives_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    stored = DagSerialization.to_dict(staging_dag(OBJECTS["vendors"], ""))
    assert "spectrum_etl.notify.late.sync_is_late" in str(stored["dag"]["deadline"])


def test_the_settings_may_want_no_deadlines() -> None:
    assert late.late_alert(Notifications(late_after_minutes=None)) is None


def test_what_is_told_names_run_company_and_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "http://localhost:8080/")
    message = late.message_of(60, RUN)
    assert message is not None
    assert message.events == ("late",)
    assert "stage_jobs of company 1 was queued at 2026-01-01T05:00:00Z and is running after 60 minutes." in message.text
    assert message.link == "http://localhost:8080/dags/stage_jobs/runs/scheduled__2026-01-01"


@pytest.mark.parametrize("state", ["success", "failed"])
def test_a_run_that_has_ended_is_not_late(state: str) -> None:
    assert late.message_of(60, {**RUN, "state": state}) is None


def test_the_callback_delivers(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings().model_copy(update={"notifications": Notifications(channels=("slack",))})
    monkeypatch.setattr("spectrum_etl.settings.load_settings", lambda: settings)
    with webhook() as hook:
        monkeypatch.setattr(
            "spectrum_etl.staging.sources.airflow_connection", lambda conn_id: Connection(password=hook.url)
        )
        asyncio.run(late.sync_is_late(minutes=60, context={"dag_run": RUN}))
    assert "the sync is late" in hook.posts[0]["text"]
