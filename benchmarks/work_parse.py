"""Parsing the DAG files, in a process of its own: what the DAG processor does. Run by `benchmarks.work`."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import DagBag

_EMPTY = """
from datetime import datetime, timezone
from airflow.sdk import DAG, Asset, Param, task, task_group
with DAG("empty", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=timezone.utc), params={"a": Param(1)}):
    @task(outlets=[Asset(name="a")])
    def nothing() -> None:
        pass
    nothing()
"""


def parse(arguments: dict[str, Any]) -> dict[str, Any]:
    """Parse the files after an empty one: then Airflow itself has been imported, and what is left is ours.

    Args:
        arguments: `folder` of DAG files.

    Returns:
        The seconds of all files together (`ours`), the number of DAGs, and the files that failed with their errors.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "empty.py").write_text(_EMPTY, encoding="utf-8")
        empty = DagBag(folder)
    if empty.import_errors:
        raise RuntimeError(f"the empty DAG could not be parsed: {empty.import_errors}")
    began = time.perf_counter()
    bag = DagBag(arguments["folder"])
    seconds = time.perf_counter() - began
    return {"ours": seconds, "dags": len(bag.dags), "errors": {str(k): str(v) for k, v in bag.import_errors.items()}}
