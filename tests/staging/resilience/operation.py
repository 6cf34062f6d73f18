"""Runs of Airflow without Airflow: the tasks of each DAG in order, retried by the DAGs' own rules, and what is told.

Used by the months of business, where a hundred runs would take Airflow itself the better part of an hour. The retry
policy, the number of tries, the callbacks and the notifier are the product's.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.marts.publish import publish_marts
from spectrum_etl.model.run import Run
from spectrum_etl.orchestration import callbacks
from spectrum_etl.settings.notifications import Notifications
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.verify import verify
from tests.receivers import Connection, Webhook, webhook
from tests.staging.resilience.harness import World

COMPANIES = ("1", "2")

Given = TypeVar("Given")


class TaskKilled(Exception):
    """The process of a task was killed: Airflow finds out and tries the task again."""


@dataclass
class Tasks:
    """The tasks of a staging DAG and of the marts; a trouble puts others in their place.

    Args:
        land: gives the number of the landing.
        publish: publishes it.
        marts: writes the marts of a company.
    """

    land: Callable[[World, str, Run, str], int] = lambda world, name, run, company: world.land(name, run, company)
    publish: Callable[[World, str, Run, str, int], object] = lambda world, name, _run, _company, landing: world.publish(
        name, landing
    )
    marts: Callable[[World, str], object] = lambda world, company: publish_marts(world.warehouse, company)


@dataclass
class Ended:
    """A run that has ended, with all its companies.

    Args:
        dag_id: its DAG.
        run_id: its name.
        errors: by company: what ended its tasks; none where they are green.
        tries: tries that failed and were made good, or not.
        told: the messages that people got of it.
    """

    dag_id: str
    run_id: str
    errors: dict[str, SpectrumEtlError] = field(default_factory=dict)
    tries: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Name of the object."""
        return self.dag_id.partition("_")[2]


@contextmanager
def telling(world: World, patch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    """The notifier of the world: it tells a webhook, as a channel that people read."""
    notifications = Notifications(channels=("log", "slack"))
    settings = world.settings.model_copy(update={"notifications": notifications})
    patch.setattr("spectrum_etl.staging.configured.load_settings", lambda: settings)
    patch.setattr("spectrum_etl.warehouse.connect.warehouse_url", lambda: world.warehouse)
    with webhook() as hook:
        patch.setattr("spectrum_etl.credentials.airflow_connection", lambda _: Connection(password=hook.url))
        yield hook


def stage(world: World, hook: Webhook, name: str, tasks: Tasks | None = None) -> Ended:
    """A run of `stage_<name>`: every company on its own, as the DAG maps them."""
    tasks, run = tasks or Tasks(), world.run(dag_id=OBJECTS[name].dag_id)
    ended = Ended(run.dag_id, run.run_id)

    def company(code: str) -> None:
        def land(number: int) -> int:
            return tasks.land(world, name, Run(run.dag_id, run.run_id, number), code)

        try:
            landing = _tried(world, ended, land)
            _tried(world, ended, lambda _: world.check(name, landing))
            _tried(world, ended, lambda _: tasks.publish(world, name, run, code, landing))
        finally:
            world.tidy(name, run, code)

    _each_company(ended, company)
    assert world.landing_tables(run) == []
    return _tell(ended, hook)


def write_marts(world: World, hook: Webhook, tasks: Tasks | None = None) -> Ended:
    """A run of `publish_marts`."""
    tasks, run = tasks or Tasks(), world.run(dag_id="publish_marts")
    ended = Ended(run.dag_id, run.run_id)
    _each_company(ended, lambda code: _tried(world, ended, lambda _: tasks.marts(world, code)))
    return _tell(ended, hook)


def verify_everything(world: World, hook: Webhook) -> tuple[Ended, dict[str, int]]:
    """A run of `verify_staging`, and how many tables it found equal, or equal but for what it names."""
    run = world.run(dag_id="verify_staging")
    ended = Ended(run.dag_id, run.run_id)
    found: dict[str, int] = {}

    def company(code: str) -> None:
        for obj in OBJECTS.values():
            with world.sources(code) as sources:
                for result in verify(world.warehouse, obj, run, sources, world.settings):
                    found[result.status] = found.get(result.status, 0) + 1

    _each_company(ended, company)
    return _tell(ended, hook), found


def _each_company(ended: Ended, work: Callable[[str], object]) -> None:
    for code in COMPANIES:
        try:
            work(code)
        except SpectrumEtlError as error:
            ended.errors[code] = error


def _tried(world: World, ended: Ended, task: Callable[[int], Given]) -> Given:
    """A task, tried again by the policy of the DAGs; it does not wait between two tries."""
    from airflow.sdk import RetryAction

    from spectrum_etl.orchestration.dag_defaults import task_defaults

    rules = task_defaults(world.settings)
    for number in range(1, rules["retries"] + 2):
        try:
            return task(number)
        except (SpectrumEtlError, TaskKilled) as error:
            ended.tries += 1
            decision = rules["retry_policy"].evaluate(error, number, rules["retries"])
            if decision.action is RetryAction.FAIL or number > rules["retries"]:
                raise
    raise AssertionError("a task is tried once at least")


def _tell(ended: Ended, hook: Webhook) -> Ended:
    """What Airflow's DAG processor calls when a run has ended, and what people were told of it."""
    hook.posts.clear()
    context: dict[str, Any] = {
        "dag": SimpleNamespace(dag_id=ended.dag_id),
        "run_id": ended.run_id,
        "dag_run": SimpleNamespace(run_type="scheduled"),
        "ti": SimpleNamespace(task_id="land"),
        "reason": "task_failure" if ended.errors else "success",
    }
    (callbacks.on_failure if ended.errors else callbacks.on_success)(context)
    # As a person reads it: Slack gets three signs as entities (api.slack.com/reference/surfaces/formatting#escaping).
    ended.told = [html.unescape(str(post["text"])) for post in hook.posts]
    return ended
