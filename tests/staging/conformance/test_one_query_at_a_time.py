"""O2: two tasks never query one Info-Link server at the same time; the stand-in's log is the witness."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import AssetAlias
from airflow.sdk.exceptions import AirflowRescheduleException
from infolink_rows import source_row
from staging_harness import Spectrum, Warehouse, infolink_settings

from sandbox.faults import CACHE_SECONDS, Faults
from spectrum_etl.orchestration import staging_tasks
from spectrum_etl.settings import Settings
from spectrum_etl.settings.infolink import InfoLinkSettings
from spectrum_etl.sources.company import Sources
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate

_OVERLAPS = """
    select count(*) from sandbox.infolink_queries as one
    join sandbox.infolink_queries as other
    on other.session > one.session and other.began_at < one.ended_at and one.began_at < other.ended_at
"""
NAMES = ("vendors", "standard_cost_codes")


class Tasks:
    """The tasks `land` of several DAGs, in threads, started again as Airflow does whenever one gives up its slot."""

    def __init__(self, warehouse: Warehouse, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        self.given_up: list[float] = []
        self.landed: list[int] = []

        @contextmanager
        def sources(code: str, _settings: Settings) -> Any:
            with Sources(settings.company(code), infolink=warehouse.spectrum.infolink) as opened:
                yield opened

        monkeypatch.setattr("spectrum_etl.sources.company.Sources.from_airflow", sources)
        monkeypatch.setattr("spectrum_etl.warehouse.connect.warehouse_url", lambda: warehouse.url)
        monkeypatch.setattr("spectrum_etl.warehouse.turns.WAIT_SECONDS", 0.1)
        monkeypatch.setattr(staging_tasks, "load_settings", lambda: settings)
        with connect(warehouse.url) as connection:
            connection.autocommit = True
            migrate(connection)  # two first tasks would wait for each other's

    def run(self) -> None:
        """Start all of them at once, and wait until they have landed."""
        threads = [threading.Thread(target=self._land, args=[name]) for name in NAMES]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(self.landed) == len(NAMES)

    def _land(self, name: str) -> None:
        context: Any = {"ti": SimpleNamespace(dag_id=f"stage_{name}", run_id="at_once", try_number=1)}
        while True:
            try:
                scope = {"company_code": "1", "jobs": [], "months": []}
                self.landed.append(staging_tasks.land_company(OBJECTS[name], context, scope, {}, AssetAlias(name)))
                return
            except AirflowRescheduleException:
                self.given_up.append(time.monotonic())
                time.sleep(0.2)


@pytest.fixture
def logged(spectrum: Spectrum) -> Any:
    """The stand-in, slow, with its log; some rows to read."""
    for table in ("VN_VENDOR_MASTER_MC", "JC_STD_PHASE_DESCRIPTION_MC", "JC_COST_TYPE_MASTER_MC"):
        spectrum.add(table, source_row(table, 1, "1"))
    faults = Faults(spectrum.connection.info.dsn + f" password={spectrum.connection.info.password}")
    spectrum.connection.execute("truncate sandbox.infolink_queries")
    faults.set("infolink_log")
    faults.set("infolink_slow_ms", "150")
    time.sleep(CACHE_SECONDS)
    yield spectrum
    faults.clear()
    faults.close()


def overlaps(spectrum: Spectrum) -> int:
    """How many pairs of queries of two logins ran at the same time."""
    ((found,),) = spectrum.connection.execute(_OVERLAPS).fetchall()
    return found


def test_o2_two_tasks_through_one_connection_never_query_at_the_same_time(
    logged: Spectrum, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = Tasks(warehouse, infolink_settings(), monkeypatch)
    tasks.run()
    assert overlaps(logged) == 0
    assert tasks.given_up, "who had to wait has given up its worker meanwhile"


def test_o2_with_two_at_a_time_they_do(logged: Spectrum, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """So the log can tell."""
    two = infolink_settings(infolink=InfoLinkSettings(queries_at_a_time=2))
    tasks = Tasks(warehouse, two, monkeypatch)
    tasks.run()
    assert overlaps(logged) > 0
    assert tasks.given_up == []
