"""Background processes are found by their mark and stopped with all their children."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from stack import processes

_CHILD = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {grandchild!r}]); time.sleep(60)"
_DEAF = """
import signal, time
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""


def _spawn(mark: str, code: str, folder: Path) -> psutil.Process:
    return processes.spawn(
        mark, [sys.executable, "-c", code], log=folder / "log", env=processes.clean_environment({}), cwd=folder
    )


def _wait_for(mark: str, count: int) -> None:
    deadline = time.monotonic() + 10
    while len(processes.find(mark)) < count:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_children_are_stopped_too(tmp_path: Path) -> None:
    mark = f"{tmp_path}:one"
    _spawn(mark, _CHILD.format(grandchild="import os, time; os.setsid(); time.sleep(60)"), tmp_path)
    _wait_for(mark, 2)
    processes.stop(mark, patience=5)
    assert processes.find(mark) == []


def test_a_process_that_ignores_requests_is_killed(tmp_path: Path) -> None:
    mark = f"{tmp_path}:deaf"
    process = _spawn(mark, _DEAF, tmp_path)
    deadline = time.monotonic() + 10
    while "deaf" not in (tmp_path / "log").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    processes.stop(mark, patience=0.3)
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_only_the_marked_ones_are_stopped(tmp_path: Path) -> None:
    kept = _spawn(f"{tmp_path}:kept", "import time; time.sleep(60)", tmp_path)
    _spawn(f"{tmp_path}:gone", "import time; time.sleep(60)", tmp_path)
    processes.stop(f"{tmp_path}:gone")
    assert [process.pid for process in processes.find(str(tmp_path))] == [kept.pid]
    processes.stop(str(tmp_path))


def test_the_callers_environment_is_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "SequentialExecutor")
    monkeypatch.setenv("PGHOST", "elsewhere")
    environment = processes.clean_environment({"A": "b"})
    assert environment["A"] == "b"
    assert not environment.keys() & {"PYTHONPATH", "AIRFLOW__CORE__EXECUTOR", "PGHOST"}
