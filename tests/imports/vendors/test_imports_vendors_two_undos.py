"""N2, N10: one undo is open at a time: a yes is about what one run has done, as it was shown."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk.exceptions import DownstreamTasksSkipped

from spectrum_etl.errors import StopSync
from spectrum_etl.imports.objects.vendors import OBJECT
from spectrum_etl.imports.steps.accept import accept_asked
from spectrum_etl.imports.steps.question import Question, ask, close_question
from spectrum_etl.imports.steps.undo import plan_undo
from spectrum_etl.imports.systems import Systems, systems_from_airflow
from spectrum_etl.model.run import Instance, Run
from spectrum_etl.orchestration import import_tasks, plan_approval
from spectrum_etl.orchestration.plan_approval import NOT_NOW, ApprovePlan
from tests.imports.vendors.imports_world import BOSS, World


class Undo:
    """A run of `undo_import`.

    Args:
        name: its run id.
        undoes: the run that it is to undo.
        waiting: runs of `undo_import` whose question is open, by name.
    """

    def __init__(self, world: World, name: str, undoes: str, waiting: set[str]) -> None:
        self.world, self.name, self.undoes, self.waiting = world, name, undoes, waiting

    @property
    def systems(self) -> Systems:
        return replace(self.world.systems(), run=Run("undo_import", self.name))

    @property
    def instance(self) -> Instance:
        return Instance("undo_import", self.name, "company.approve", 0)

    def plan(self, *, dry_run: bool = False) -> None:
        plan_undo(self.systems, OBJECT, self.undoes, dry_run=dry_run, waits=lambda run: run in self.waiting)

    def ask(self) -> Question | None:
        asked = ask(self.systems, OBJECT, self.instance, lambda each: each.run_id in self.waiting, undoes=self.undoes)
        self.waiting.add(self.name)
        return asked

    def accept(self) -> int:
        self.waiting.discard(self.name)
        close_question(self.systems, OBJECT, self.instance)
        return accept_asked(self.systems, OBJECT, BOSS)

    def decline(self) -> None:
        self.waiting.discard(self.name)
        close_question(self.systems, OBJECT, self.instance, declined=True)


@pytest.fixture
def undos(world: World) -> tuple[Undo, Undo, Undo]:
    """Two that undo the first of two runs, and one that undoes the second."""
    waiting: set[str] = set()
    world.vendor("A", "Vendor A")
    world.run()
    first = f"run {world.runs}"
    world.vendor("B", "Vendor B")
    world.run()
    second = f"run {world.runs}"
    return (
        Undo(world, "undo 1", first, waiting), Undo(world, "undo 2", first, waiting),
        Undo(world, "undo 3", second, waiting),
    )  # fmt: skip


def test_n10_a_second_run_is_not_undone_before_the_first_undo_is_answered_and_applied(
    world: World, undos: tuple[Undo, Undo, Undo]
) -> None:
    one, _, other = undos
    one.plan()
    assert one.ask() is not None
    with pytest.raises(
        StopSync, match=f"the run undo 1 of undo_import waits for an answer about undoing .*{one.undoes}"
    ):
        other.plan()
    assert world.standing() == {"A": ("undo", "ready")}
    other.plan(dry_run=True)
    assert one.accept() == 1
    with pytest.raises(StopSync, match=f"undoing the run {one.undoes} is not finished: 1 of its records"):
        other.plan()
    world.apply()
    assert list(world.links()) == ["B"], "what the second run has done stays"
    other.plan()
    assert other.ask() is not None
    assert other.accept() == 1
    world.apply()
    assert world.links() == {}


def test_n10_an_undo_that_nobody_answered_is_decided_before_another_one(
    world: World, undos: tuple[Undo, Undo, Undo]
) -> None:
    one, _, other = undos
    one.plan()
    one.ask()
    one.decline()
    with pytest.raises(StopSync, match="is not finished") as refused:
        other.plan()
    assert "Do not undo" in str(refused.value.instruction)
    world.decide("A", verb="keep")
    other.plan()
    assert world.standing() == {"B": ("undo", "ready")}


def test_n10_two_that_undo_the_same_run_ask_once(world: World, undos: tuple[Undo, Undo, Undo]) -> None:
    one, two, _ = undos
    one.plan()
    two.plan()
    assert one.ask() is not None
    with pytest.raises(StopSync, match="the run undo 1 of undo_import waits for an answer"):
        two.ask()
    with pytest.raises(StopSync, match="the run undo 1 of undo_import waits for an answer"):
        two.plan()
    assert one.accept() == 1, "its question is still about these rows"


def test_n10_a_question_that_is_gone_keeps_nobody_from_asking_again(
    world: World, undos: tuple[Undo, Undo, Undo]
) -> None:
    one, two, _ = undos
    one.plan()
    one.ask()
    one.waiting.clear()
    two.plan()
    assert two.ask() is not None
    assert one.accept() == 0, "it was asked again elsewhere"
    assert two.accept() == 1


def test_n10_the_tasks_of_undo_import_ask_airflow_who_waits(
    world: World, undos: tuple[Undo, Undo, Undo], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _, other = undos
    waits = {"undo 1": "awaiting_input"}

    def context(undo: Undo) -> Any:
        ti = SimpleNamespace(
            dag_id="undo_import", run_id=undo.name, task_id="company.approve", map_index=0, try_number=1,
            get_task_states=lambda dag_id, run_ids, task_ids: {
                run_ids[0]: {f"{task_ids[0]}_0": waits.get(run_ids[0], "success")}
            },
        )  # fmt: skip
        params = {"object": "vendors", "companies": ["1"], "run_id": f" {undo.undoes} ", "dry_run": False}
        return {"ti": ti, "run_id": undo.name, "params": params}

    def systems(code: str, settings: Any, run: Run) -> Any:
        return _Opened(replace(world.systems(), run=run))

    for module in (import_tasks, plan_approval):
        monkeypatch.setattr(module, "load_settings", lambda: world.settings)
    monkeypatch.setattr(import_tasks, "systems_from_airflow", systems)
    monkeypatch.setattr(f"{systems_from_airflow.__module__}.systems_from_airflow", systems)
    monkeypatch.setattr(import_tasks, "warehouse_url", lambda: world.url)
    monkeypatch.setattr(HITLOperator, "execute", lambda this, context: None)
    approve = ApprovePlan(
        task_id="approve", object_name="", company={"company": "1", "name": "1 One"}, undo=True, retries=0,
        execution_timeout=None,
    )  # fmt: skip
    assert import_tasks.plan_undo_company("vendors", context(one), "1") == {"undo ready": 1}
    approve.execute(context(one))
    with pytest.raises(StopSync, match="undo 1 of undo_import waits"):
        import_tasks.plan_undo_company("vendors", context(other), "1")
    waits.clear()
    event = {
        "chosen_options": [NOT_NOW], "params_input": {}, "responded_at": None,
        "responded_by_user": {"id": BOSS.id, "name": BOSS.name},
    }  # fmt: skip
    with pytest.raises(DownstreamTasksSkipped):
        approve.execute_complete(context(one), event)
    with pytest.raises(StopSync, match="is not finished"):
        import_tasks.plan_undo_company("vendors", context(other), "1")


class _Opened:
    """Systems that need no closing."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems

    def __enter__(self) -> Systems:
        return self._systems

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""
