"""D21: what is started is waited for while it is at work, however long that takes on a busy machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stack import patience, processes, stage_runs
from stack.errors import StackError
from stack.patience import Patience
from stack.stage_runs import wait_until_parsed
from tests.airflow_stack import until


class Machine:
    """A clock, and processes that take their shares of the processor's time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.done: dict[str, float] = {}
        monkeypatch.setattr(patience, "monotonic", lambda: self.now)

    def work(self, name: str) -> float:
        return self.done.get(name, 0)

    def waits(self, name: str, seconds: int, share: float) -> str:
        """Why it was given up on within so many seconds, which the process had such a share of."""
        waiting = getattr(self, "patience", None) or Patience(self.work)
        self.patience = waiting
        waiting.over(name)
        for _ in range(seconds):
            self.now += 1
            self.done[name] = self.work(name) + share
            if reason := waiting.over(name):
                return reason
        return ""


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def test_ten_times_the_usual_time_is_waited_beside_busy_programs(machine: Machine) -> None:
    assert machine.waits("scheduler", 1500, 0.15) == ""


def test_what_does_nothing_is_given_up_on(machine: Machine) -> None:
    assert machine.waits("scheduler", 100, 0.5) == ""
    assert machine.waits("scheduler", 400, 0.05) == "scheduler has done nothing for 181 s"
    assert machine.now == 1000 + 100 + 181


def test_what_works_for_ever_is_given_up_on(machine: Machine) -> None:
    assert machine.waits("migrate", 400, 1.0) == "migrate has worked for 241 s of processor time"


def test_each_has_a_patience_of_its_own(machine: Machine) -> None:
    assert machine.waits("scheduler", 170, 0.0) == ""
    assert machine.waits("triggerer", 170, 0.0) == ""
    assert "scheduler has done nothing" in machine.waits("scheduler", 400, 0.0)


def test_the_work_of_a_process_is_counted_with_that_of_ended_children(tmp_path: Path) -> None:
    mark, ended = f"{tmp_path}:work", tmp_path / "ended"
    busy = "sum(range(20_000_000))"
    code = (
        "import pathlib, subprocess, sys, time\n"
        f"subprocess.run([sys.executable, '-c', '{busy}'])\n"
        f"pathlib.Path({str(ended)!r}).touch()\n"
        "time.sleep(600)\n"
    )
    environment = processes.clean_environment({})
    processes.spawn(mark, ["python", "-c", code], log=tmp_path / "log", env=environment, cwd=tmp_path)
    try:
        until(ended.exists)
        assert len(processes.find(mark)) == 1
        assert processes.work(mark) > 0.1
    finally:
        processes.stop(mark)


class Airflow:
    """An Airflow as far as its DAGs are waited for: each question is a step further in its story."""

    logs = Path("/logs")

    def __init__(self, *story: tuple[list[str], dict[str, str]], alive: bool = True) -> None:
        self._story: Iterator[Any] = iter(story)
        self._errors: dict[str, str] = {}
        self._alive = alive

    def api(self) -> Airflow:
        return self

    def dags(self) -> dict[str, Any]:
        known, self._errors = next(self._story)
        return dict.fromkeys(known, SimpleNamespace())

    def import_errors(self) -> list[dict[str, str]]:
        return [{"filename": name, "stack_trace": trace} for name, trace in self._errors.items()]

    def work(self, _name: str) -> float:
        return 0.0

    def find(self, _name: str) -> list[int]:
        return [1] if self._alive else []


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage_runs, "_POLL_SECONDS", 0)


SLOW = """Traceback (most recent call last):
  File "airflow/dag_processing/dagbag.py", line 480, in parse
airflow.sdk.exceptions.AirflowTaskTimeout: DagBag import timeout for dags/a.py after 30.0s.
Please take a look at these docs to improve your DAG import time
"""


def test_a_file_that_took_too_long_once_is_waited_for() -> None:
    airflow = Airflow(([], {"a.py": SLOW}), ([], {"a.py": SLOW}), (["a"], {}))
    wait_until_parsed(airflow, ["a"])  # type: ignore[arg-type]


def test_a_file_that_cannot_be_imported_is_one_line() -> None:
    trace = 'Traceback (most recent call last):\n  File "b.py", line 1\nValueError: job 17 is wrong\n\n'
    airflow = Airflow(([], {"a.py": SLOW, "b.py": trace}))
    with pytest.raises(StackError) as caught:
        wait_until_parsed(airflow, ["a"])  # type: ignore[arg-type]
    assert str(caught.value) == "Airflow cannot import these DAG files:\n  b.py: ValueError: job 17 is wrong"


def test_a_dead_processor_is_not_waited_for() -> None:
    with pytest.raises(StackError, match="does not know a: its dag-processor died"):
        wait_until_parsed(Airflow(([], {}), alive=False), ["a"])  # type: ignore[arg-type]


def test_an_idle_processor_is_given_up_on(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage_runs.time, "sleep", lambda _: setattr(machine, "now", machine.now + 1))
    story = [([], {})] * 1000
    with pytest.raises(StackError, match="does not know a: dag-processor has done nothing for 181 s"):
        wait_until_parsed(Airflow(*story), ["a"])  # type: ignore[arg-type]
