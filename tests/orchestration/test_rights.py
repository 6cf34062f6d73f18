"""C20: who may start what neither a sync nor an approver needs."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.orchestration import rights
from spectrum_etl.staging.configured import load_settings

ROOT = Path(__file__).resolve().parents[2]


def run_of(user: str | None, run_type: str = "manual", **params: Any) -> dict[str, Any]:
    """The context of a task whose run this user started."""
    return {"dag_run": SimpleNamespace(triggering_user_name=user, run_type=run_type), "params": params}


def test_only_the_operators_of_the_settings_may() -> None:
    settings = load_settings()
    for user in ("admin", "ops"):
        rights.require_operator(run_of(user), settings, "end links")
    for user, named in (("accounting", "accounting"), ("Ops", "Ops"), (None, "nobody"), ("", "nobody")):
        with pytest.raises(FixConfiguration, match=f"started by {named} may not end links"):
            rights.require_operator(run_of(user), settings, "end links")


def test_with_an_empty_list_nobody_may() -> None:
    settings = load_settings().model_copy(update={"operators": ()})
    with pytest.raises(FixConfiguration, match=re.escape("(allowed: nobody)")):
        rights.require_operator(run_of("admin"), settings, "end links")


@pytest.mark.parametrize(
    ("dag_id", "task", "given"),
    [
        ("unlink_export", "plan", ()),
        ("unlink_export", "unlink", ("1",)),
        ("link_export", "plan", ()),
        ("link_export", "link", ({"project": "", "record": "1", "key": "ACME"},)),
        ("clean_up", "remove", ()),
        ("stage_jobs", "plan", ()),
        ("stage_jobs", "company.land", ({"company_code": "1", "jobs": [], "months": [], "allow_mass_delete": True},)),
        ("backfill_job_costs", "plan", ()),
    ],
)
def test_every_task_that_could_do_it_looks(
    monkeypatch: pytest.MonkeyPatch, dag_id: str, task: str, given: tuple[Any, ...]
) -> None:
    """Each for itself: the state and the result of the one before may be set by hand."""
    dag = DagBag(str(ROOT / "dags" / f"{dag_id}.py")).dags[dag_id]
    function = dag.get_task(task).python_callable
    params = {
        "records": ["1"],
        "pairs": ["1 = ACME"],
        "object": "vendors",
        "company": "1",
        "project": None,
        "exact_names": False,
        "companies": ["1"],
        "full_refresh": False,
        "allow_mass_delete": True,
        "months": ["2026-07"],
    }
    monkeypatch.setitem(function.__globals__, "get_current_context", lambda: run_of("accounting", **params))
    with pytest.raises(FixConfiguration, match="a run that was started by accounting may not"):
        function(*given)
