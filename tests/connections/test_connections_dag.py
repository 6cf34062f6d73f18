"""M8, N12: the check of the connections is red where something that is in use cannot run, and green for the rest."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from spectrum_etl.connections.result import Checked, Finding
from spectrum_etl.orchestration.connections_dag import connections_dag


def _summary(monkeypatch: pytest.MonkeyPatch, *stops: bool) -> Any:
    """What the last task makes of a Procore company with these findings."""
    nothing = SimpleNamespace(get=lambda *_, **__: None)
    monkeypatch.setattr("spectrum_etl.orchestration.connections_dag.Variable", nothing)
    found = tuple(
        Finding("companies", str(place), "take over", stop, "3 carry it", "imports", remedy="take them over")
        for place, stop in enumerate(stops)
    )
    checked = [Checked("1", "procore", "Procore", findings=found), Checked("1", "warehouse", "warehouse", findings=())]
    summary: Any = connections_dag("doc").get_task("summary")
    return summary.python_callable(["1"], [[one.to_dict() for one in checked]])


def test_n12_what_stops_an_import_that_is_in_use_makes_the_check_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AirflowFailException, match="something that is in use cannot run") as failed:
        _summary(monkeypatch, False, True)
    assert "2 things to do, 1 of them stop" in str(failed.value)


@pytest.mark.parametrize("stops", [(), (False, False)])
def test_n12_what_stops_nothing_leaves_it_green(monkeypatch: pytest.MonkeyPatch, stops: tuple[bool, ...]) -> None:
    assert [one["status"] for one in _summary(monkeypatch, *stops)] == ["Connected", "Connected"]
