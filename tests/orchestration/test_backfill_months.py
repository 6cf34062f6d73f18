"""M2: which months a run of the backfill stages: those of its form, else of its interval, and never all by mistake."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.orchestration import staging_dag

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def backfill() -> Any:
    found = DagBag(str(ROOT / "dags" / "backfill_job_costs.py"))
    assert found.import_errors == {}
    return found.dags["backfill_job_costs"]


def planned(backfill: Any, monkeypatch: pytest.MonkeyPatch, months: Any, **interval: datetime) -> tuple[str, ...]:
    """The months of the scope that the task `plan` makes."""
    params = {"companies": ["1"], "jobs": [], "full_refresh": False, "allow_mass_delete": False, "months": months}
    monkeypatch.setattr(staging_dag, "get_current_context", lambda: {"params": params, **interval})
    (scope,) = backfill.get_task("plan").python_callable()
    return tuple(scope["months"])


def test_a_backfills_run_takes_the_month_of_its_interval(backfill: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    july = {
        "data_interval_start": datetime(2026, 7, 1, tzinfo=UTC),
        "data_interval_end": datetime(2026, 8, 1, tzinfo=UTC),
    }
    assert planned(backfill, monkeypatch, [], **july) == ("202607",)
    assert planned(backfill, monkeypatch, None, **july) == ("202607",)
    assert planned(backfill, monkeypatch, ["2024-01", " 2024-12 "], **july) == ("202401", "202412")


def test_a_run_without_any_month_says_what_to_do(backfill: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was triggered without a logical date has no interval; staging everything is not what was asked."""
    with pytest.raises(FixConfiguration, match=r"no month.*months in its form, such as 2026-07"):
        planned(backfill, monkeypatch, [])
    assert planned(backfill, monkeypatch, ["2026-07"]) == ("202607",)


def test_the_form_refuses_what_is_no_month(backfill: Any) -> None:
    months = backfill.params.get_param("months")
    assert months.resolve(["2026-07"]) == ["2026-07"]
    for wrong in ("202607", "2026-13", "2026-7", "July"):
        with pytest.raises(Exception, match="does not match"):
            months.resolve([wrong])
