"""O2: the example DAG that continues from a sync reads which jobs and months that changed."""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import psycopg
import pytest
from airflow.sdk import DAG

from spectrum_etl.model.run import Run, Scope
from spectrum_etl.orchestration.staging_dag import asset_of
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.landings import open_landing

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "after_job_costs.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("after_job_costs", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_waits_for_the_asset_that_a_publish_of_job_costs_updates(example: ModuleType) -> None:
    assert asset_of(OBJECTS["job_costs"].table("job_cost_transactions")) == example.JOB_COSTS
    dag = example.after_job_costs()
    assert isinstance(dag, DAG)
    assert dag.task_ids == ["what_changed"]


def test_it_names_the_jobs_and_months_of_the_events_landings(
    example: ModuleType, warehouse_database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with psycopg.connect(warehouse_database, autocommit=True) as connection:
        runs = [Run("stage_job_costs", f"run {number}", 1) for number in range(3)]
        landings = [open_landing(connection, "job_costs", Scope("1"), run) for run in runs]
        for landing, month in zip(landings, ("202601", "202602", "202603"), strict=True):
            connection.execute(
                "insert into sync.changed_partitions values (%s, '1', %s, '24-101', %s)",
                [landing.landing_id, landing.run.run_id, month],
            )
    parts = psycopg.conninfo.conninfo_to_dict(warehouse_database)
    address = f"{parts['user']}:{parts['password']}@{parts['host']}:{parts['port']}/{parts['dbname']}"
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", f"postgresql://{address}")
    events: dict[Any, list[SimpleNamespace]] = {
        example.JOB_COSTS: [SimpleNamespace(extra={"landing_id": landing.landing_id}) for landing in landings[1:]]
    }
    task = example.after_job_costs().get_task("what_changed")
    with caplog.at_level(logging.INFO):
        found = task.python_callable(triggering_asset_events=events)
    assert found == [["1", "24-101", "202602"], ["1", "24-101", "202603"]]
    assert "company 1: job 24-101 has changed in 202603" in caplog.text


def test_a_run_that_somebody_triggers_has_nothing_to_do(
    example: ModuleType, warehouse_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No event started it; nor does one that was sent by hand say which landing is meant."""
    parts = psycopg.conninfo.conninfo_to_dict(warehouse_database)
    address = f"{parts['user']}:{parts['password']}@{parts['host']}:{parts['port']}/{parts['dbname']}"
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", f"postgresql://{address}")
    task = example.after_job_costs().get_task("what_changed")
    assert task.python_callable(triggering_asset_events={}) == []
    assert task.python_callable(triggering_asset_events={example.JOB_COSTS: [SimpleNamespace(extra={})]}) == []
