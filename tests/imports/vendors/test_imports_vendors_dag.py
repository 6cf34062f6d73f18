"""N2: what the tasks of import_vendors do, with Airflow's context made by hand: plan, ask, answer, apply, report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowRescheduleException,
    AirflowSkipException,
    DownstreamTasksSkipped,
)

from spectrum_etl.errors import FixConfiguration, StopSync
from spectrum_etl.imports import systems as made
from spectrum_etl.imports.systems import Systems
from spectrum_etl.orchestration import dag_defaults, import_tasks, plan_approval
from spectrum_etl.orchestration.plan_approval import ACCEPT_ALL, EXACT_NAMES, NOT_NOW, ApprovePlan
from tests.imports.vendors.imports_world import World

ITEM = {"company": "1", "name": "1 One"}


class Dag:
    """The tasks of a run, one at a time, as the DAG puts them one after the other."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.waits, self.states = world, False, {}  # type: ignore[var-annotated]
        self.asked: list[ApprovePlan] = []
        self.started_by: str | None = "ann"

        @contextmanager
        def systems(code: str, settings: Any, run: Any) -> Iterator[Systems]:
            yield Systems(world.url, world.settings, world.settings.company(code), world.procore.client, run)

        monkeypatch.setattr(made, "systems_from_airflow", systems)
        monkeypatch.setattr(import_tasks, "systems_from_airflow", systems)
        for module in (dag_defaults, import_tasks, plan_approval):
            monkeypatch.setattr(module, "load_settings", lambda: world.settings)
        monkeypatch.setattr(import_tasks, "warehouse_url", lambda: world.url)
        monkeypatch.setattr(HITLOperator, "execute", lambda this, context: self.asked.append(this))

    def context(self, run: str = "r1", **params: Any) -> Any:
        """What Airflow hands to a task."""
        ti = SimpleNamespace(
            dag_id="import_vendors", run_id=run, task_id="company.approve", map_index=0, try_number=1, id="x",
            get_task_states=self._states,
        )  # fmt: skip
        form = {
            "companies": ["1"],
            "vendors": [],
            "types": [],
            "without_type": False,
            "integration_is_switched_off": False,
            "look_again": True,
            "dry_run": False,
            **params,
        }
        started = SimpleNamespace(triggering_user_name=self.started_by)
        return {"ti": ti, "run_id": run, "params": form, "dag_run": started}

    def _states(self, dag_id: str, run_ids: list[str], task_ids: list[str] | None = None) -> dict[str, Any]:
        if task_ids is None:
            return {run_ids[0]: self.states}
        return {run_ids[0]: {"company.approve_0": "awaiting_input" if self.waits else "failed"}}

    def plan(self, run: str = "r1", **params: Any) -> dict[str, int]:
        return import_tasks.plan_company("vendors", self.context(run, **params), "1")

    def second_look(self, run: str = "r1", **params: Any) -> dict[str, int]:
        return import_tasks.second_look_company("vendors", self.context(run, **params), "1")

    def ask(self, run: str = "r1") -> ApprovePlan | None:
        before = len(self.asked)
        operator = ApprovePlan(
            task_id="approve", object_name="vendors", company=ITEM, retries=0, execution_timeout=None
        )
        operator.execute(self.context(run))
        return self.asked[-1] if len(self.asked) > before else None

    def answer(self, chosen: str, user: str = "boss", run: str = "r1") -> Any:
        operator = ApprovePlan(
            task_id="approve", object_name="vendors", company=ITEM, retries=0, execution_timeout=None
        )
        event = {
            "chosen_options": [chosen], "params_input": {}, "responded_at": None,
            "responded_by_user": {"id": user, "name": user.title()},
        }  # fmt: skip
        return operator.execute_complete(self.context(run), event)

    def apply(self, run: str = "r1") -> dict[str, int]:
        return import_tasks.apply_company("vendors", self.context(run), "1")

    def compare(self, run: str = "r1") -> int:
        return import_tasks.compare_company("vendors", self.context(run), "1")

    def report(self, run: str = "r1", *, undo: bool = False) -> dict[str, int]:
        return import_tasks.report_companies("vendors", self.context(run), [ITEM], undo=undo)


@pytest.fixture
def dag(world: World, monkeypatch: pytest.MonkeyPatch) -> Dag:
    return Dag(world, monkeypatch)


def test_n2_a_run_plans_asks_applies_and_reads_back(dag: Dag) -> None:
    dag.world.vendor("ACME", "Acme | <b>")
    dag.world.vendor("BOLT", "Bolt")
    bolt = dag.world.company("BOLT")
    assert dag.plan() == {"create ready": 1, "link ready": 1}
    assert dag.apply() == {}, "nothing is accepted yet"
    asked = dag.ask()
    assert asked is not None
    assert asked.subject == "Into Procore: 2 vendors of company 1 One"
    assert "Writing calls to Procore for all of it: 1, for how long is not known: Procore has not" in asked.body
    assert "| ACME Acme \\| \\<b\\> | create |" in asked.body
    assert f"link with BOLT ({bolt})" in asked.body
    assert asked.assigned_users == [{"id": "boss", "name": "Boss"}]
    assert dag.answer(ACCEPT_ALL) == 2
    assert dag.apply() == {"applied": 2}
    assert dag.compare() == 2
    assert dag.report() == {"applied": 2}
    assert dag.world.links()["BOLT"] == bolt


def test_n3_the_answer_links_exact_names_and_nothing_else(dag: Dag) -> None:
    dag.world.vendor("ACME", "Acme")
    dag.world.vendor("BOLT", "Bolt")
    dag.world.company("Bolt")
    dag.plan()
    dag.ask()
    assert dag.answer(EXACT_NAMES) == 1
    assert dag.world.standing() == {"ACME": ("create", "ready"), "BOLT": ("link", "accepted")}


def test_n2_not_now_leaves_the_plan_open_and_the_next_run_asks(dag: Dag) -> None:
    dag.world.vendor("ACME", "Acme")
    dag.plan()
    dag.waits = True
    assert dag.ask("r1") is not None
    assert dag.ask("r2") is None, "somebody is asked already"
    with pytest.raises(DownstreamTasksSkipped):
        dag.answer(NOT_NOW, run="r1")
    assert dag.world.standing() == {"ACME": ("create", "ready")}
    assert dag.ask("r2") is not None


def test_n2_nobody_elses_answer_counts(dag: Dag) -> None:
    dag.world.vendor("ACME", "Acme")
    dag.plan()
    dag.ask()
    with pytest.raises(FixConfiguration, match="may not decide"):
        dag.answer(ACCEPT_ALL, user="admin")
    with pytest.raises(StopSync, match="not exactly one"):
        dag.answer("Whatever")
    assert dag.world.standing() == {"ACME": ("create", "ready")}


def test_n2_a_plan_of_which_nothing_can_be_accepted_asks_nobody(dag: Dag) -> None:
    dag.world.vendor("NONAME", " ")
    dag.plan()
    assert dag.ask() is None
    assert dag.report() == {"not ready": 1}


def test_n2_a_dry_run_ends_after_the_plan(dag: Dag) -> None:
    dag.world.vendor("ACME", "Acme")
    with pytest.raises(AirflowSkipException, match="1 create ready"):
        dag.plan(dry_run=True)
    assert dag.ask() is None
    assert dag.world.query("select state from procore.plans") == [("dry run",)]


def test_n13_a_run_is_narrowed_to_vendors_and_types(dag: Dag) -> None:
    for code, kind in (("A", "SUB"), ("B", "SUB"), ("C", "MAT")):
        dag.world.vendor(code, f"Vendor {code}", type=kind)
    dag.plan(types=["SUB"])
    assert sorted(dag.world.rows()) == ["A", "B"]
    dag.plan(types=["MAT"])
    assert sorted(dag.world.rows()) == ["A", "B", "C"]
    dag.world.change_vendor("A", vendor_name="Other")
    dag.plan(vendors=["B"])
    assert dag.world.rows()["A"].title == "Vendor A"
    assert dag.plan(types=["NONE"]) == {"create ready": 3}


def test_n2_a_run_is_red_where_a_person_must_look(dag: Dag) -> None:
    dag.world.vendor("ACME", "Acme")
    dag.plan()
    dag.ask()
    dag.answer(ACCEPT_ALL)
    dag.world.procore.fault("procore_unique_names", "companies")
    dag.world.company("Acme", origin_id="1:OTHER")
    assert dag.apply() == {"failed": 1}
    with pytest.raises(AirflowFailException, match="vendor ACME of company 1 is failed: Procore refused the record"):
        dag.report()
    assert dag.report(undo=True) == {}, "a run that undoes another one has nothing to do with it"
    dag.states = {"company.make_plan_0": "failed"}
    with pytest.raises(AirflowFailException, match=r"the task company\.make_plan_0 has failed"):
        dag.report()


def test_n12_the_run_waits_for_the_second_look_without_a_slot_and_goes_on(dag: Dag) -> None:
    dag.world.vendor("ACME", "Acme")
    dag.world.marked(dag.world.company("Acme"), "f-1", "ACME")
    assert dag.plan(integration_is_switched_off=True) == {"take over not ready": 1}
    with pytest.raises(AirflowRescheduleException) as waits:
        dag.second_look()
    assert timedelta(minutes=59) < waits.value.reschedule_date - datetime.now(UTC) <= timedelta(minutes=60)
    assert dag.apply() == {}
    dag.world.an_hour_passes()
    assert dag.second_look() == {"take over ready": 1}
    asked = dag.ask()
    assert asked is not None
    assert "1 to take over from the other integration" in asked.body
    assert "f-1 → spectrum:1:ACME" in asked.body
    assert dag.answer(ACCEPT_ALL) == 1
    assert dag.apply() == {"applied": 1}
    assert dag.compare() == 1
    assert dag.world.named("Acme")["origin_id"] == "spectrum:1:ACME"
    assert dag.world.query("select confirmed_by from procore.takeovers") == [("ann",)]


def test_n12_a_run_that_takes_nothing_over_does_not_wait(dag: Dag) -> None:
    dag.world.vendor("ACME", "Acme")
    dag.plan(integration_is_switched_off=True)
    assert dag.second_look() == {}


def test_n12_a_person_has_to_confirm_it(dag: Dag) -> None:
    dag.world.marked(dag.world.company("Acme"), "f-1", "ACME")
    dag.started_by = None
    with pytest.raises(FixConfiguration, match="a person has to confirm"):
        dag.plan(integration_is_switched_off=True)
