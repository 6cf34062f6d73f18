"""Tasks that are killed, sessions of the warehouse that end: retries end in the exact tables. Used by `troubles`."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from spectrum_etl.marts.publish import publish_marts
from spectrum_etl.model.run import Run
from tests.staging.resilience.harness import Child, World, wait_for
from tests.staging.resilience.operation import TaskKilled, Tasks
from tests.staging.resilience.trouble import Trouble

_WAITING = (
    "select pid from pg_stat_activity where datname = current_database() and application_name = 'spectrum_etl'"
    " and wait_event_type = 'Lock'"
)
#: The table that a lock holds up, of objects that every month changes in both companies.
_LOCKED = {"vendors": "spectrum.vendors", "job_costs": "spectrum.job_cost_transactions", "jobs": "spectrum.jobs"}


def kill_landing(_: random.Random, __: tuple[str, ...]) -> Trouble:
    def land(world: World, name: str, run: Run, company: str) -> int:
        if run.try_number > 1 or name not in _LOCKED:
            return world.land(name, run, company)
        with world.fault("infolink_slow_ms", "500"), world.fault("sdx_slow_ms", "500"):
            child = Child(world, "land", name, run, company=company)
            began = "select 1 from sync.landings where run_id = %s and company_code = %s"
            wait_for(lambda: world.ask(began, run.run_id, company))
            child.kill()
        raise TaskKilled

    return Trouble("tasks are killed while they read", "heals", tasks=Tasks(land=land))


class _Struck:
    """Notes which runs a trouble has struck: each once."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, ...]] = set()

    def first(self, *what: str) -> bool:
        new = what not in self._seen
        self._seen.add(what)
        return new


@contextmanager
def _held_up(world: World, table: str) -> Iterator[None]:
    """Whoever writes into the table waits until the block ends."""
    with psycopg.connect(world.warehouse) as holder:
        holder.execute(f"lock table {table} in share mode".encode())
        yield


def kill_publishing(_: random.Random, __: tuple[str, ...]) -> Trouble:
    struck = _Struck()

    def publish(world: World, name: str, run: Run, company: str, landing: int) -> object:
        if name not in _LOCKED or not struck.first(run.run_id, company):
            return world.publish(name, landing)
        with _held_up(world, _LOCKED[name]):
            child = Child(world, "publish", name, run, landing)
            wait_for(lambda: world.ask(_WAITING) or child.process.poll() is not None)
            assert child.process.poll() is None, "nothing was to be written"
            child.kill()
        wait_for(lambda: not world.ask(_WAITING))
        raise TaskKilled

    return Trouble("tasks are killed while they publish", "heals", tasks=Tasks(publish=publish))


def kill_after(_: random.Random, __: tuple[str, ...]) -> Trouble:
    struck = _Struck()

    def publish(world: World, name: str, run: Run, company: str, landing: int) -> object:
        if name not in _LOCKED or not struck.first(run.run_id, company):
            return world.publish(name, landing)
        Child(world, "publish", name, run, landing).result()
        raise TaskKilled

    return Trouble("tasks are killed after they have published", "heals", tasks=Tasks(publish=publish))


def kill_marts(_: random.Random, __: tuple[str, ...]) -> Trouble:
    struck = _Struck()

    def marts(world: World, company: str) -> object:
        if not struck.first(company):
            return publish_marts(world.warehouse, company)
        with _held_up(world, "marts.job_cost_by_month"):
            child = Child(world, "marts", "", Run("publish_marts", "killed", 1), company=company)
            wait_for(lambda: world.ask(_WAITING))
            child.kill()
        wait_for(lambda: not world.ask(_WAITING))
        raise TaskKilled

    return Trouble("the task of the marts is killed while it writes", "heals", tasks=Tasks(marts=marts))


def sessions_end(_: random.Random, __: tuple[str, ...]) -> Trouble:
    struck = _Struck()

    def publish(world: World, name: str, run: Run, company: str, landing: int) -> object:
        if name not in _LOCKED or not struck.first(run.run_id, company):
            return world.publish(name, landing)

        def end() -> None:
            wait_for(lambda: world.ask(_WAITING))
            world.ask(_WAITING.replace("select pid", "select pg_terminate_backend(pid)"))

        with _held_up(world, _LOCKED[name]):
            other = threading.Thread(target=end)
            other.start()
            try:
                return world.publish(name, landing)
            finally:
                other.join()

    return Trouble("the warehouse ends sessions that publish", "heals", tasks=Tasks(publish=publish))
