"""Random fault sequences over the real stand-ins, counted: `python -m tests.exports.endtoend.sequences --count 500`.

A record, and in most of them a second one that wants its number, are asked about once; each sequence takes everything
back to that moment, answers and sends under its own faults, kills, slow answers and two runs at once until it is over,
and compares Spectrum, Procore and the ledger with what was approved. The tests and the benchmark run the same.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg

# The library is imported from its folder, as Airflow does it.
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "plugins"))

from spectrum_etl.exports.objects.registry import NAMES
from spectrum_etl.sources.sdx.write import SpectrumWriter
from stack.postgres import NO_DURABILITY, EmbeddedPostgres
from tests.clusters import cluster_folder
from tests.exports.endtoend.pair_records import PAIRS, Pair
from tests.exports.endtoend.pairs import Table, table
from tests.exports.endtoend.places import ANSWER_SECONDS
from tests.exports.endtoend.played import Player, both, judged
from tests.exports.endtoend.stage import Stage, open_stage, paced

#: What may strike one try. Of each the next call meets one, or the one of that number.
FAULTS = (
    "",
    "write_lost_answer:1",
    "write_cut:1",
    "write_500_before:1",
    "write_500_after:1",
    "write_slow=1:1",
    "write_late=1:1",
    "write_fault_before=1",
    "write_fault_before=2",
    "write_fault_before=3",
    "write_fault_after=1",
    "write_fault_after=2",
    "write_fault_after=3",
    "sdx_drop_connection:1",
    "sdx_http_500:1",
    "sdx_server_fault:1",
    "sdx_cut_record:1",
    "procore_503=0:9",
    "procore_500:9",
    "procore_lost_answer:1",
    "procore_token_expired:1",
)
#: At most so many transactions end, or calls are made, before a kill.
MOST_STEPS = 14
#: The longest of the answers, one in twenty, that are not given at once, in seconds.
SLOWEST = 4.0
#: So many times more is a record tried without faults, before it counts as stuck.
MORE_TRIES = 8
#: Which pairs the sequences of each object are played with; the first record is of that object.
WITH: dict[str, tuple[str, ...]] = {
    "vendors": ("vendor: vendors and vendors",),
    "jobs": ("phase: jobs and jobs", "job: jobs and jobs"),
    "budgets": ("phase: budgets and jobs", "phase: budgets and budgets"),
    "budget_changes": ("change request: budget_changes and budget_changes",),
    "commitments": ("subcontract: subcontract and purchase order", "subcontract: subcontract and subcontract"),
    "commitment_change_orders": (
        "change request: commitment_change_orders and prime_contract_change_orders",
        "change request: commitment_change_orders and budget_changes",
    ),
    "prime_contract_change_orders": ("change request: prime_contract_change_orders and budget_changes",),
    "forecasts": ("projection: forecasts and forecasts",),
}


class Killed(BaseException):
    """Ends everything up to the sequence, connections included, as SIGKILL ends a process (`test_endtoend_kills`)."""


@dataclass(frozen=True)
class Try:
    """One try to send.

    Args:
        faults: switched on before it.
        killed_at: ends of transactions and calls until it is killed; 0: it is not.
        twice: whether two runs try at the same time.
    """

    faults: tuple[str, ...] = ()
    killed_at: int = 0
    twice: bool = False


@dataclass(frozen=True)
class Story:
    """One sequence.

    Args:
        tries: what strikes.
        clash: the try at which the second record's approver says yes, to the same number; None: they say nothing.
        rejects: whether who is asked again says no.
        pair: number of the pair it is played with, among those of the object.
        seed: of the answers that are slow.
        slowest: seconds that those take at most.
    """

    tries: tuple[Try, ...]
    clash: int | None = None
    rejects: bool = False
    pair: int = 0
    seed: int = 1
    slowest: float = SLOWEST


@dataclass
class Found:
    """What sequences over one object came to.

    Args:
        name: exportable object.
        sequences, tries, faults, kills, clashes: how many.
        duplicates: calls that were executed twice although they add.
        lost: records that did not end as they should, or whose content is not in Spectrum or Procore, with the reason.
        merged: numbers of Spectrum under which there is something of two records.
        stuck: records that no action led to an end.
        foreign: writes of something that nobody approved.
        ends: how the records ended.
        seconds: how long it took.
    """

    name: str
    sequences: int = 0
    tries: int = 0
    faults: int = 0
    kills: int = 0
    clashes: int = 0
    duplicates: int = 0
    lost: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    foreign: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.duplicates or self.lost or self.merged or self.stuck or self.foreign)


def pair_of(name: str, number: int) -> Pair:
    """The pair of that number, round about, among those of an object."""
    title = WITH[name][number % len(WITH[name])]
    return next(pair for pair in PAIRS if pair.title == title)


def play(on: Table, name: str, story: Story, found: Found) -> None:
    """One sequence: its tries, then more without faults until it is over; what went wrong is counted.

    Args:
        on: where.
        name: exportable object.
        story: what happens.
        found: added to.
    """
    stage, players = on.stage, both(on, pair_of(name, story.pair))
    first, second = players
    found.sequences += 1
    found.clashes += story.clash is not None
    with paced(random.Random(story.seed), story.slowest):
        for number, step in enumerate(story.tries):
            parts: list[Callable[[], Any]] = [partial(_killed, first, on, step.killed_at, found)]
            if step.twice:
                parts.append(partial(first.goes_on, on, 1))
            if story.clash is not None and number >= story.clash:
                parts.append(partial(second.goes_on, on, 2))
            found.tries += len(parts)
            found.faults += len([fault for fault in step.faults if fault])
            stage.no_faults()
            stage.fault(*filter(None, step.faults))
            _side_by_side(parts)
    stage.quiet()
    stage.no_faults()
    playing = players if story.clash is not None else [first]
    for _ in range(MORE_TRIES):
        for player in playing:
            if not player.is_over:
                found.tries += 1
                player.leads_on(on, rejects=story.rejects)
    stage.quiet()
    judged(on, players, playing, found)


def _killed(player: Player, on: Table, steps: int, found: Found) -> None:
    try:
        with killed_at(steps):
            player.goes_on(on, 0)
    except Killed:
        found.kills += 1


def _side_by_side(parts: Sequence[Callable[[], None]]) -> None:
    """Run these in threads of their own; what one raises is raised."""
    if len(parts) == 1:
        parts[0]()
        return
    raised: list[BaseException] = []

    def run(part: Callable[[], None]) -> None:
        try:
            part()
        except BaseException as error:  # noqa: BLE001  handed to the thread that waits
            raised.append(error)

    threads = [threading.Thread(target=run, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    if raised:
        raise raised[0]


@contextmanager
def killed_at(steps: int) -> Iterator[None]:
    """Kill this thread's work at the so-manieth step: around the end of a transaction, or a call. 0: never."""
    left, victim = steps or -1, threading.get_ident()
    transaction, write = psycopg.Connection.transaction, SpectrumWriter.write

    def tick() -> None:
        nonlocal left
        left -= threading.get_ident() == victim
        if left == 0:
            left = -1
            raise Killed

    @contextmanager
    def counted(self: psycopg.Connection, *args, **options) -> Iterator:  # type: ignore[no-untyped-def]
        with transaction(self, *args, **options) as inner:
            yield inner
            tick()
        tick()

    def called(self: SpectrumWriter, *args, **options):  # type: ignore[no-untyped-def]
        tick()
        answer = write(self, *args, **options)
        tick()
        return answer

    with (
        mock.patch.object(psycopg.Connection, "transaction", counted),
        mock.patch.object(SpectrumWriter, "write", called),
    ):
        yield


def at_random(chance: random.Random, slowest: float = SLOWEST) -> Story:
    """Up to five tries, each with up to two faults, perhaps a kill, perhaps two runs; a clash in two of three."""
    tries = tuple(
        Try(
            tuple(chance.choices(FAULTS, k=chance.choice((1, 1, 1, 2)))),
            chance.randint(1, MOST_STEPS) if chance.random() < 0.3 else 0,
            chance.random() < 0.25,
        )
        for _ in range(chance.randint(1, 5))
    )
    clash = chance.randrange(len(tries)) if chance.random() < 0.67 else None
    return Story(tries, clash, chance.random() < 0.2, chance.randrange(2), chance.randrange(1_000_000), slowest)


def run(stage: Stage, name: str, count: int, seed: int = 1, slowest: float = SLOWEST) -> Found:
    """So many sequences over one object, the same ones for the same seed."""
    found, chance = Found(name), random.Random(f"{name}/{seed}")
    began = time.monotonic()
    with table(stage, ANSWER_SECONDS) as on:
        for _ in range(count):
            play(on, name, at_random(chance, slowest), found)
    found.seconds = time.monotonic() - began
    return found


HEAD = (
    "object", "sequences", "tries", "faults", "kills", "clashes", "duplicates", "lost", "merged", "stuck",
    "not approved", "seconds",
)  # fmt: skip


def counted(found: Found) -> str:
    """What was counted of one object, in a line."""
    return f"{dict(zip(HEAD, rows([found])[0], strict=True))}, ended {dict(found.ends)}"


def rows(found: Sequence[Found]) -> list[list[str]]:
    """The table of `HEAD`, with a line for all."""
    total = Counter[str]()
    lines = []
    for each in found:
        counts = {
            "sequences": each.sequences, "tries": each.tries, "faults": each.faults, "kills": each.kills,
            "clashes": each.clashes, "duplicates": each.duplicates, "lost": len(each.lost),
            "merged": len(each.merged), "stuck": len(each.stuck), "not approved": each.foreign,
        }  # fmt: skip
        total.update(counts)
        lines.append([each.name, *(f"{count:,}" for count in counts.values()), f"{each.seconds:.0f}"])
    return [*lines, ["all", *(f"{count:,}" for count in total.values()), f"{sum(each.seconds for each in found):.0f}"]]


@contextmanager
def own_stage() -> Iterator[Stage]:
    """A stage over a PostgreSQL of its own."""
    with cluster_folder("sequences") as folder:
        server = EmbeddedPostgres(folder / "postgres", settings={**NO_DURABILITY, "shared_buffers": "128MB"})
        try:
            server.start()
            with open_stage(server) as stage:
                yield stage
        finally:
            server.stop(checkpoint=False)


def main(words: Sequence[str]) -> int:
    """Run and print the table; 0 where nothing was written twice, lost, merged or stuck."""
    parser = argparse.ArgumentParser(prog="python -m tests.exports.endtoend.sequences", description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="sequences of each object (default: 500)")
    parser.add_argument("--seed", type=int, default=1, help="other sequences (default: 1)")
    parser.add_argument("--only", choices=NAMES, action="append", help="an object; all by default")
    options = parser.parse_args(words)
    logging.disable(logging.WARNING)  # a line a fault
    found = []
    with own_stage() as stage:
        for name in options.only or NAMES:
            found.append(run(stage, name, options.count, options.seed))
            print(*rows(found)[-2], dict(found[-1].ends), sep="\t", flush=True)
            for what, cases in (("lost", found[-1].lost), ("merged", found[-1].merged), ("stuck", found[-1].stuck)):
                for case in cases:
                    print(f"  {what}: {case}", flush=True)
    lines = [list(HEAD), *rows(found)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEAD))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
    return 0 if all(each.clean for each in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
