"""O2: tasks that query one Info-Link server do so one after the other, and who waits has given up its worker."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import AssetAlias
from airflow.sdk.exceptions import AirflowRescheduleException

from spectrum_etl.orchestration import staging_tasks, turns
from spectrum_etl.settings import Company
from spectrum_etl.settings.quiet import QuietHours
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.fingerprints import GaveWay
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.turns import turn

ROOT = Path(__file__).resolve().parents[2]
COMPANY = Company(code="1", name="One", phase_category="STD")
SERVER = InfoLinkConnection("erp.example.com", "Spectrum", "INF0001", "secret").server


@pytest.fixture
def url(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A warehouse that the tasks find, and little patience."""
    monkeypatch.setattr("spectrum_etl.warehouse.connect.warehouse_url", lambda: database)
    monkeypatch.setattr("spectrum_etl.warehouse.turns.WAIT_SECONDS", 0.1)
    return database


def test_o2_who_meets_the_server_taken_comes_back_later(url: str) -> None:
    settings = load_settings()
    with turns.turn_at_infolink(SERVER, settings):
        with pytest.raises(AirflowRescheduleException), turns.turn_at_infolink(SERVER, settings):
            raise AssertionError("two have the turn of one server")
        with turns.turn_at_infolink(InfoLinkConnection("other", "Spectrum", "INF0001", "secret").server, settings):
            pass
        with turns.turn_at_infolink(SERVER, settings, needed=False):
            pass
        with turns.turn_at_infolink(None, settings):
            pass
    with turns.turn_at_infolink(SERVER, settings):
        pass


def test_o2_connections_to_one_server_share_its_turn_whatever_their_logins(url: str) -> None:
    """Each company has a login of its own, where Info-Link shows views of one company; the server is the same."""
    settings = load_settings()
    one = InfoLinkConnection("erp.example.com", "Spectrum", "INF0001", "secret", name="spectrum_infolink")
    same = InfoLinkConnection("ERP.Example.com.", "Spectrum2", "ABC0001", "another", name="spectrum_infolink_2")
    with Sources(COMPANY, infolink=one) as first, Sources(COMPANY, infolink=same) as second:
        assert first.infolink_server is not None
        assert "erp" not in first.infolink_server, "a password may stand in the wrong field"
        with turns.turn_at_infolink(first.infolink_server, settings):
            with pytest.raises(AirflowRescheduleException), turns.turn_at_infolink(second.infolink_server, settings):
                raise AssertionError("two query one server")
            other_port = replace(same, port=1533)
            with turns.turn_at_infolink(other_port.server, settings):
                pass
    with Sources(COMPANY) as none:
        assert none.infolink_server is None


@pytest.mark.parametrize("name", ["vendors", "jobs"])
def test_o2_a_sync_that_reads_waits_for_the_turn_also_where_it_asks_info_link_beside_the_web_services(
    url: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    read: list[str] = []

    @contextmanager
    def sources(code: str, _settings: Any) -> Any:
        yield SimpleNamespace(company=code, infolink_server=SERVER)

    monkeypatch.setattr("spectrum_etl.sources.company.Sources.from_airflow", sources)
    monkeypatch.setattr("spectrum_etl.staging.land.land", lambda _url, obj, *_: read.append(obj.name) or 7)
    monkeypatch.setattr("spectrum_etl.staging.publish.publish_unchanged", lambda *_: None)
    scope = {"company_code": "1", "jobs": [], "months": []}
    context: Any = {"ti": SimpleNamespace(dag_id=f"stage_{name}", run_id="r", try_number=1)}
    with turn(url, SERVER, 1), pytest.raises(AirflowRescheduleException):
        _land(name, context, scope)
    assert read == []
    assert _land(name, context, scope) == 7
    assert read == [name]


def test_o2_a_landing_that_gives_way_frees_its_slot_and_its_turn(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def sources(code: str, _settings: Any) -> Any:
        yield SimpleNamespace(company=code, infolink_server=SERVER)

    def gives_way(*_args: Any) -> int:
        raise GaveWay

    monkeypatch.setattr("spectrum_etl.sources.company.Sources.from_airflow", sources)
    monkeypatch.setattr("spectrum_etl.staging.land.land", gives_way)
    context: Any = {"ti": SimpleNamespace(dag_id="stage_job_costs", run_id="r", try_number=1)}
    with pytest.raises(AirflowRescheduleException):
        _land("job_costs", context, {"company_code": "1", "jobs": [], "months": []})
    with turn(url, SERVER, 1, wait_seconds=0) as free:
        assert free


def test_o2_a_sync_that_reads_on_into_quiet_hours_gives_way_to_none_who_wait_for_their_end(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reads already is not interrupted: it would wait with them, and begin again."""

    @contextmanager
    def sources(code: str, _settings: Any) -> Any:
        yield SimpleNamespace(company=code, infolink_server=SERVER)

    asked: list[bool] = []
    clock = iter([None, None, datetime(2026, 11, 28, 17, 30, tzinfo=UTC)])
    monkeypatch.setattr(QuietHours, "until", lambda *_: next(clock))
    monkeypatch.setattr(staging_tasks, "others_wait", lambda *_: True)
    monkeypatch.setattr("spectrum_etl.sources.company.Sources.from_airflow", sources)
    monkeypatch.setattr("spectrum_etl.staging.land.land", lambda *args: asked.extend(args[-1]() for _ in range(2)) or 7)
    monkeypatch.setattr("spectrum_etl.staging.publish.publish_unchanged", lambda *_: None)
    context: Any = {"ti": SimpleNamespace(dag_id="stage_job_costs", run_id="r", try_number=1)}
    assert _land("job_costs", context, {"company_code": "1", "jobs": [], "months": []}) == 7
    assert asked == [True, False]


def _land(name: str, context: Any, scope: dict[str, Any]) -> int:
    return staging_tasks.land_company(OBJECTS[name], context, scope, {}, AssetAlias("unchanged"))


def test_o2_airflow_is_asked_whether_any_task_waits_for_info_link() -> None:
    """The tasks that are asked about are all tasks of the pool; a DAG that none of is missed would starve."""
    settings, asked = load_settings(), []

    class Instance:
        waits = ""

        def get_ti_count(self, dag_id: str, *, task_ids: list[str], states: list[str]) -> int:
            asked.extend((dag_id, task) for task in task_ids)
            assert "running" not in states
            return int(dag_id == self.waits)

    instance = Instance()
    assert not turns.others_wait(instance, settings, None)
    dags = DagBag(str(ROOT / "dags")).dags
    in_pool = {(dag.dag_id, task.task_id) for dag in dags.values() for task in dag.tasks if task.pool == turns.POOL}
    assert in_pool
    assert in_pool <= set(asked)
    instance.waits = "verify_staging"
    assert turns.others_wait(instance, settings, None)


def test_o2_who_waits_on_its_worker_is_given_way_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Airflow calls it running: only the warehouse knows that it waits."""
    monkeypatch.setattr("spectrum_etl.warehouse.turns.WAIT_SECONDS", 30)
    nobody, settings = SimpleNamespace(get_ti_count=lambda *_, **__: 0), load_settings()
    got = threading.Event()

    def wait() -> None:
        with turns.turn_at_infolink(SERVER, settings):
            got.set()

    with turns.turn_at_infolink(SERVER, settings):
        assert not turns.others_wait(nobody, settings, SERVER)
        waiting = threading.Thread(target=wait)
        waiting.start()
        until = time.monotonic() + 20
        while not turns.others_wait(nobody, settings, SERVER):
            assert time.monotonic() < until
        assert not turns.others_wait(nobody, settings, "another server")
    waiting.join()
    assert got.is_set()
    assert not turns.others_wait(nobody, settings, SERVER)
