"""What `make demo` has run: the staged objects first, then the marts, which the page's job cost view shows."""

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from stack import demo
from stack.errors import StackError
from stack.paths import Paths
from stack.progress import Progress
from stack.questions import QUESTIONS_DAG, ask_approvers
from stack.stage_runs import MARTS_DAG, STAGE_DAGS


class _Airflow:
    """Airflow's API as far as runs are started and followed; every run ends at once."""

    def __init__(self, state: str = "success") -> None:
        self.done: list[tuple[str, str]] = []
        self._state = state

    def dags(self) -> dict[str, Any]:
        return {
            dag: {"is_paused": True, "next_dagrun_run_after": None} for dag in (*STAGE_DAGS, MARTS_DAG, QUESTIONS_DAG)
        }

    def set_paused(self, dag_id: str, paused: bool) -> None:
        self.done.append(("paused" if paused else "unpaused", dag_id))

    def trigger(self, dag_id: str) -> str:
        self.done.append(("started", dag_id))
        return "manual__1"

    def run_states(self, runs: dict[str, str]) -> dict[str, Any]:
        ended = {"state": self._state, "start_date": "2026-01-01T00:00:00Z", "end_date": "2026-01-01T00:00:03Z"}
        return dict.fromkeys(runs, ended)

    def tasks_of(self, _runs: dict[str, str]) -> list[Any]:
        return []

    def task_instances(self, _dag_id: str, _run_id: str) -> list[Any]:
        return [{"task_id": "record.approve", "state": "awaiting_input"}]

    def questions(self, dag_id: str) -> list[Any]:
        self.done.append(("questions", dag_id))
        return [{}] * 7


@pytest.fixture
def said() -> io.StringIO:
    """What the demo prints."""
    return io.StringIO()


@pytest.fixture
def told(said: io.StringIO) -> Progress:
    """A progress that prints there."""
    return Progress(Console(file=said, width=160))


def test_the_marts_are_computed_after_the_objects_are_staged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: Progress, said: io.StringIO
) -> None:
    api, paths = _Airflow(), Paths(tmp_path)
    _without_a_stack(monkeypatch, api)
    assert demo._run(paths, told) == 0
    marts = api.done.index(("unpaused", MARTS_DAG))
    assert api.done[marts : marts + 2] == [("unpaused", MARTS_DAG), ("started", MARTS_DAG)]
    assert ("started", STAGE_DAGS[-1]) in api.done[:marts]
    assert f"unpausing and starting {MARTS_DAG}" in said.getvalue()
    assert f"{MARTS_DAG}: success" in said.getvalue()
    assert "the marts are computed" in said.getvalue()


def test_it_ends_with_questions_that_wait_for_the_approver(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: Progress, said: io.StringIO
) -> None:
    api = _Airflow()
    _without_a_stack(monkeypatch, api)
    assert demo._run(Paths(tmp_path), told) == 0
    assert api.done[-3:] == [("unpaused", QUESTIONS_DAG), ("started", QUESTIONS_DAG), ("questions", QUESTIONS_DAG)]
    assert "7 questions wait on the page; answer as accounting, password b" in said.getvalue()


def test_a_demo_that_asks_nobody_has_failed(told: Progress) -> None:
    with pytest.raises(StackError, match=f"{QUESTIONS_DAG} failed, so nobody was asked"):
        ask_approvers(_Airflow("failed"), told)  # type: ignore[arg-type]


def test_a_demo_without_marts_has_failed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: Progress) -> None:
    with pytest.raises(StackError, match=f"{MARTS_DAG} failed"):
        demo.run_to_end(_Airflow("failed"), (MARTS_DAG,), "marts", Paths(tmp_path), told)  # type: ignore[arg-type]


def _without_a_stack(monkeypatch: pytest.MonkeyPatch, api: _Airflow) -> None:
    """Let the demo meet an Airflow that does nothing, and a warehouse that nobody asks."""

    class Part:
        url = database_url = sdx_url = procore_url = warehouse_url = "postgresql://user:word@localhost:5432/name"
        users = {"admin": "a", "accounting": "b"}  # noqa: RUF012

        def start(self, _say: Any) -> bool:
            return False

        def api(self) -> _Airflow:
            return api

        def connections(self) -> dict[str, Any]:
            return {}

        def work(self, _name: str) -> float:
            return 0.0

        @property
        def secrets(self) -> "Part":
            return self

    part = Part()
    stack = demo.Stack(postgres=part, sandbox=part, airflow=part, warehouse_url=part.url)  # type: ignore[arg-type]
    monkeypatch.setattr(demo, "open_stack", lambda _paths, _progress: stack)
    for name in ("apply_settings", "_write_env"):
        monkeypatch.setattr(demo, name, lambda *_: None)
    for name in ("staged_table", "answer", "show"):
        monkeypatch.setattr(demo.summary, name, lambda *_: None)
