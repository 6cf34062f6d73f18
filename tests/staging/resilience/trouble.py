"""What a trouble is, and how a fault of the sandbox becomes one. Used by the modules `troubles_*` and the months."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.model.run import Run
from tests.staging.resilience.harness import World
from tests.staging.resilience.operation import Tasks

Ending = Literal["heals", "person", "listed"]
Make = Callable[[random.Random, tuple[str, ...]], "Trouble"]


@dataclass
class Trouble:
    """One trouble, ready to be let loose on a month.

    Args:
        title: for people.
        ends: how.
        errors: with a person: what a red run may end with.
        words: with a person: what its message must name.
        tasks: in place of the plain ones.
        begin: changes the source before the first run.
        repair: what a person, or time, does about it.
        world: what the month is staged with, where it differs.
        must_tell: with `listed`: whether there is something to tell, beside what is noted.
    """

    title: str
    ends: Ending
    errors: tuple[type[SpectrumEtlError], ...] = ()
    words: tuple[str, ...] = ()
    tasks: Tasks = field(default_factory=Tasks)
    begin: Callable[[World], object] = lambda _: None
    repair: Callable[[World], object] = lambda _: None
    world: Callable[[World], World] = lambda world: world
    must_tell: bool = True


def armed(fault: str, value: str | None = None, count: int | None = None) -> Tasks:
    """The fault strikes each task that reads anew: so many of its calls, or all of them."""

    def land(world: World, name: str, run: Run, company: str) -> int:
        if run.try_number > 1 and count is not None:
            return world.land(name, run, company)  # it has passed
        with world.fault(fault, value, count):
            return world.land(name, run, company)

    return Tasks(land=land)


def passing(title: str, fault: str, value: str | None = None, count: int | None = None, **more: Any) -> Trouble:
    return Trouble(title, "heals", tasks=armed(fault, value, count), **more)


def lasting(
    title: str, errors: tuple[type[SpectrumEtlError], ...], words: tuple[str, ...], fault: str, value: str | None = None
) -> Trouble:
    return Trouble(title, "person", errors, words, armed(fault, value))


def anything(_: tuple[str, ...]) -> bool:
    return True


def reads(*tables: str) -> Callable[[tuple[str, ...]], bool]:
    """Whether the web services read one of these tables."""
    return lambda by_sdx: bool(set(tables) & set(by_sdx))


SOAP = reads("jobs", "project_cost_codes", "job_cost_totals")
VENDORS = reads("vendors")
