"""What the forms of `link_export` and `unlink_export` ask for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.orchestration import unlink_dag
from spectrum_etl.orchestration.link_dag import pairs_of

#: Started by one of the operators of the settings.
RUN = SimpleNamespace(triggering_user_name="ops", conf=None)


def form(**given: Any) -> dict[str, Any]:
    return {"object": "vendors", "project": None, "pairs": None, "exact_names": False, **given}


def test_a_record_is_of_the_company_of_a_project_or_the_project_itself() -> None:
    assert pairs_of(form(pairs=[" 7 = ACME "])) == [("", "7", "ACME")]
    assert pairs_of(form(object="jobs", pairs=["7 = 24-404"])) == [("7", "7", "24-404")]
    assert pairs_of(form(object="budgets", pairs=["7 = 24-404"])) == [("7", "7", "24-404")]
    assert pairs_of(form(object="commitments", project=" 5 ", pairs=["7=ACME/S=1"])) == [("5", "7", "ACME/S=1")]


def test_a_form_that_says_too_little_is_refused() -> None:
    with pytest.raises(FixConfiguration, match="names nothing to link"):
        pairs_of(form())
    with pytest.raises(FixConfiguration, match="names nothing to link"):
        pairs_of(form(object="jobs", exact_names=True))
    with pytest.raises(FixConfiguration, match="commitments belong to a project"):
        pairs_of(form(object="commitments", pairs=["7 = ACME/S-1"]))
    assert pairs_of(form(exact_names=True)) == []


@pytest.mark.parametrize(("records", "named"), [([" 7 ", "8"], ["7", "8"]), ([], None), (["  "], None)])
def test_a2_a_form_of_unlink_that_names_nothing_does_not_end_well(
    monkeypatch: pytest.MonkeyPatch, records: list[str], named: list[str] | None
) -> None:
    """A run that has nothing to do skips all its tasks, and a run whose tasks are skipped is green."""
    started = {"params": {"records": records}, "dag_run": RUN}
    monkeypatch.setattr(unlink_dag, "get_current_context", lambda: started)
    plan: Any = unlink_dag.unlink_dag("").get_task("plan")
    if named:
        assert plan.python_callable() == named
        return
    with pytest.raises(FixConfiguration, match="names nothing to unlink"):
        plan.python_callable()
