"""The end of a sync that found nothing changed: one task does all of it, and Airflow starts no other for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import AssetAlias
from airflow.sdk.exceptions import DownstreamTasksSkipped

from spectrum_etl.model.counts import Counts
from spectrum_etl.orchestration import staging_dag, staging_tasks
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.objects.vendors import OBJECT

DAGS = Path(__file__).resolve().parents[2] / "dags"
SCOPE: dict[str, Any] = {"company_code": "1", "jobs": [], "months": []}
#: Number of the landing that every read of these tests gives.
NUMBER = 7
COUNTS = {"vendors": Counts(source=3, landed=3, staged=3)}
REST = ["company.check", "company.drop_landing", "company.publish"]


class Steps:
    """Stands in for what the tasks call, and notes what is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        self.unchanged: dict[str, Counts] | None = COUNTS
        self.skipped = 0
        self.pushed: dict[str, Any] = {}
        self.events: list[tuple[Any, dict[str, Any]]] = []
        monkeypatch.setattr("spectrum_etl.warehouse.connect.warehouse_url", lambda: "postgresql://nowhere")
        monkeypatch.setattr("spectrum_etl.sources.company.Sources.from_airflow", self._opened)
        monkeypatch.setattr(staging_tasks, "turn_at_infolink", self._opened)
        monkeypatch.setattr("spectrum_etl.staging.land.land", self._noting("land", lambda: NUMBER))
        monkeypatch.setattr("spectrum_etl.staging.check.check", self._noting("check", list))
        monkeypatch.setattr("spectrum_etl.staging.publish.publish", self._noting("publish", lambda: COUNTS))
        monkeypatch.setattr("spectrum_etl.staging.outcome.close_run", self._noting("close", lambda: 0))
        monkeypatch.setattr("spectrum_etl.staging.publish.publish_unchanged", lambda *_: self.unchanged)

    def land(self, *, try_number: int = 1, map_index: int = 2) -> int:
        """Run the task `land` of the second company or a later one."""
        context: Any = {
            "ti": SimpleNamespace(
                dag_id="stage_vendors",
                run_id="r",
                try_number=try_number,
                map_index=map_index,
                xcom_push=self.pushed.__setitem__,
                get_ti_count=self._count,
            ),
            "task": DagBag(str(DAGS / "stage_vendors.py")).dags["stage_vendors"].get_task("company.land"),
            "outlet_events": {UNCHANGED: SimpleNamespace(add=lambda asset, extra: self.events.append((asset, extra)))},
        }
        return staging_tasks.land_company(OBJECT, context, SCOPE, ASSETS, UNCHANGED)

    def _count(self, dag_id: str, *, map_index: int, task_ids: list[str], run_ids: list[str], states: list[str]) -> int:
        assert (dag_id, map_index, run_ids, states) == ("stage_vendors", 2, ["r"], ["skipped"])
        assert sorted(task_ids) == REST
        return self.skipped

    def _noting(self, name: str, result: Callable[[], Any]) -> Callable[..., Any]:
        def step(*_: Any) -> Any:
            self.done.append(name)
            return result()

        return step

    @staticmethod
    @contextmanager
    def _opened(*_: Any, **__: Any) -> Any:
        yield SimpleNamespace(infolink_server=None)


UNCHANGED = AssetAlias("spectrum.vendors.unchanged")
ASSETS = {table.name: staging_dag.asset_of(table) for table in OBJECT.tables}


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(monkeypatch)


def test_where_nothing_changed_the_other_tasks_of_that_company_are_skipped_and_the_assets_updated(steps: Steps) -> None:
    with pytest.raises(DownstreamTasksSkipped) as ended:
        steps.land()
    assert sorted(ended.value.tasks) == [(task_id, 2) for task_id in REST]
    assert steps.done == ["land"]
    assert steps.pushed == {"return_value": NUMBER}
    assert steps.events == [
        (ASSETS["vendors"], {"company_code": "1", "landing_id": NUMBER, **COUNTS["vendors"].to_dict()})
    ]


def test_where_something_changed_the_other_tasks_do_their_work(steps: Steps) -> None:
    steps.unchanged = None
    assert steps.land() == NUMBER
    assert (steps.done, steps.events) == (["land"], [])


def test_a_try_after_one_that_died_while_it_skipped_the_others_does_their_work_itself(steps: Steps) -> None:
    """Else what has changed in between would be checked and published by nobody, in a run that succeeds."""
    steps.unchanged, steps.skipped = None, 3
    with pytest.raises(DownstreamTasksSkipped):
        steps.land(try_number=2)
    assert steps.done == ["land", "check", "publish", "close"]
    assert len(steps.events) == len(OBJECT.tables)


def test_a_retry_after_an_ordinary_fault_leaves_the_others_their_work(steps: Steps) -> None:
    steps.unchanged = None
    assert steps.land(try_number=2) == NUMBER
    assert steps.done == ["land"]


def test_only_what_reads_the_files_for_their_schedules_asks_airflow_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Airflow imports a DAG's file before every task, too: a call for each would slow all of them down."""
    asked: list[str] = []
    monkeypatch.setattr(staging_dag.Variable, "get", lambda name, **_: asked.append(name))
    staging_dag.staging_dag(OBJECTS["jobs"], "")
    assert asked == ["spectrum_schedules"]
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", "stage_jobs")
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_TASK_ID", "plan")
    staging_dag.staging_dag(OBJECTS["jobs"], "")
    assert asked == ["spectrum_schedules"]
