"""Random fault sequences over the real stand-ins, counted: `python -m tests.exports.endtoend.sequences --count 500`.

A record is accepted once; each sequence takes everything back to that moment, sends under its own faults and kills
until it is over, and compares Spectrum, Procore and the ledger with what was approved. The property test and the
benchmark run the same.
"""

from __future__ import annotations

import argparse
import logging
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import psycopg

# The library is imported from its folder, as Airflow does it.
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "plugins"))

from spectrum_etl.exports.objects.registry import NAMES
from spectrum_etl.exports.spec import Document, RecordId
from spectrum_etl.sources.sdx.write import SpectrumWriter
from stack.postgres import NO_DURABILITY, EmbeddedPostgres
from tests.exports.endtoend.cases import MARKED, accepted, differing, journal_of, writes_of
from tests.exports.endtoend.stage import Stage, open_stage

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


class Killed(BaseException):
    """Ends everything up to the sequence, connections included, as SIGKILL ends a process (`test_endtoend_kills`)."""


@dataclass(frozen=True)
class Try:
    """One try to send.

    Args:
        faults: switched on before it.
        killed_at: ends of transactions and calls until it is killed; 0: it is not.
    """

    faults: tuple[str, ...] = ()
    killed_at: int = 0


@dataclass
class Found:
    """What sequences over one object came to.

    Args:
        name: exportable object.
        sequences, tries, faults, kills: how many.
        duplicates: calls that were executed twice although they add, or whose record is there twice.
        lost: sequences that did not end linked with everything approved in Spectrum, with the reason.
        foreign: writes of something that nobody approved.
        seconds: how long it took.
    """

    name: str
    sequences: int = 0
    tries: int = 0
    faults: int = 0
    kills: int = 0
    duplicates: int = 0
    lost: list[str] = field(default_factory=list)
    foreign: int = 0
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.duplicates or self.lost or self.foreign)


def play(stage: Stage, name: str, tries: Sequence[Try], found: Found) -> None:
    """One sequence: the tries, then more without faults until it is over; what went wrong is counted.

    Args:
        name: exportable object.
        tries: what strikes.
        found: added to.
    """
    id, document = accepted(stage, name)
    found.sequences += 1
    over = None
    for step in [*tries, *[Try()] * 6]:
        found.tries += 1
        found.faults += len([fault for fault in step.faults if fault])
        stage.no_faults()
        stage.fault(*filter(None, step.faults))
        try:
            with killed_at(step.killed_at):
                over = stage.try_to_send(name, id)
        except Killed:
            found.kills += 1
        if over is not None:
            break
    stage.quiet()
    _judge(stage, name, id, document, tries, found)


def _judge(stage: Stage, name: str, id: RecordId, document: Document, tries: Sequence[Try], found: Found) -> None:
    done, wanted = journal_of(stage), writes_of(document)
    adds = {(call.service, frozenset(call.parameters.items())): call.adds for call in document.calls}
    found.duplicates += sum(count - 1 for place, count in done.items() if adds.get(place))
    found.foreign += sum(count for place, count in done.items() if place not in wanted)
    row = stage.row(name, id)
    missing = [] if row is not None and row.state == "linked" else [f"{row and row.state}: {row and row.reason}"]
    missing += differing(stage, document)
    links = "select spectrum_key from export.links where object_name = %s and record_id = %s and unlinked_at is null"
    if stage.warehouse(links, name, id.record) != [(document.key,)]:
        missing.append("not linked in the ledger")
    if name in MARKED and not stage.procore_record(id.record)["origin_id"]:
        missing.append("not linked in Procore")
    if missing:
        found.lost.append(f"{list(tries)}: {'; '.join(missing)}")


@contextmanager
def killed_at(steps: int) -> Iterator[None]:
    """Kill at the so-manieth step: before or after the end of a transaction, before or after a call. 0: never."""
    left = steps or -1
    transaction, write = psycopg.Connection.transaction, SpectrumWriter.write

    def tick() -> None:
        nonlocal left
        left -= 1
        if left == 0:
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


def at_random(chance: random.Random) -> list[Try]:
    """A sequence of up to five tries, each with up to two faults and perhaps a kill."""
    return [
        Try(
            tuple(chance.choices(FAULTS, k=chance.choice((1, 1, 1, 2)))),
            chance.randint(1, MOST_STEPS) if chance.random() < 0.3 else 0,
        )
        for _ in range(chance.randint(1, 5))
    ]


def run(stage: Stage, name: str, count: int, seed: int = 1) -> Found:
    """So many sequences over one object, the same ones for the same seed."""
    found, chance = Found(name), random.Random(f"{name}/{seed}")
    began = time.monotonic()
    for _ in range(count):
        play(stage, name, at_random(chance), found)
    found.seconds = time.monotonic() - began
    return found


def rows(found: Sequence[Found]) -> list[list[str]]:
    """The table: object, sequences, tries, faults, kills, duplicates, lost, seconds."""
    total = Counter[str]()
    lines = []
    for each in found:
        counts = {
            "sequences": each.sequences, "tries": each.tries, "faults": each.faults, "kills": each.kills,
            "duplicates": each.duplicates, "lost": len(each.lost), "not approved": each.foreign,
        }  # fmt: skip
        total.update(counts)
        lines.append([each.name, *(f"{count:,}" for count in counts.values()), f"{each.seconds:.0f}"])
    return [*lines, ["all", *(f"{count:,}" for count in total.values()), f"{sum(each.seconds for each in found):.0f}"]]


HEAD = ("object", "sequences", "tries", "faults", "kills", "duplicates", "lost", "not approved", "seconds")


@contextmanager
def own_stage() -> Iterator[Stage]:
    """A stage over a PostgreSQL of its own."""
    # /var/tmp: the server's account must reach it, and /tmp is in memory on some systems.
    folder = Path(tempfile.mkdtemp(prefix="spectrum-etl-sequences-", dir="/var/tmp"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "postgres", settings={**NO_DURABILITY, "shared_buffers": "128MB"})
    try:
        server.start()
        with open_stage(server) as stage:
            yield stage
    finally:
        server.stop()
        shutil.rmtree(folder)


def main(words: Sequence[str]) -> int:
    """Run and print the table; 0 where nothing was written twice and nothing was lost."""
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
            print(*rows(found)[-2], sep="\t", flush=True)
            for lost in found[-1].lost:
                print(f"  lost: {lost}", flush=True)
    lines = [list(HEAD), *rows(found)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEAD))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
    return 0 if all(each.clean for each in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
