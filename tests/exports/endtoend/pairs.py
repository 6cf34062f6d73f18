"""Two records that want the same key of Spectrum, accepted in the same moment and sent side by side. For the tests.

Which records: `pair_records`. What has to come of a pair, however long Spectrum takes to answer: never merged, one is
linked, the other is asked again with the reason and gets a key of its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from spectrum_etl.errors import RetryLater
from spectrum_etl.exports.document import Document
from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.records.ledger import Response
from spectrum_etl.exports.records.settling import Unsettled
from spectrum_etl.exports.records.states import Outcome
from spectrum_etl.exports.steps.answer import take
from spectrum_etl.exports.steps.ask import Question, ask
from spectrum_etl.exports.steps.send import send_record
from spectrum_etl.exports.systems import Systems
from spectrum_etl.model.run import Instance
from tests.exports.endtoend.cases import journal_of, writes_of
from tests.exports.endtoend.pair_records import PAIRS, Pair, Side
from tests.exports.endtoend.places import Lines
from tests.exports.endtoend.stage import APPROVER, TYPED, Stage

#: Longer than any answer of these tests: a call that is only slow is not lost.
PATIENT = 30.0


@dataclass
class Played:
    """What came of one pair.

    Args:
        outcomes: of the two records, in the first round.
        documents: what was accepted of those that were.
    """

    outcomes: list[Outcome | None] = field(default_factory=lambda: [None, None])
    documents: dict[int, Document] = field(default_factory=dict)


@dataclass
class Table:
    """Where pairs are played: a stage, and connections to Spectrum and Procore for each of two senders.

    Args:
        stage: the world.
        lines: of the two; a third one for whoever else sends.
        known: pairs that have been asked about, by pair and likeness: who asks, and what was held then.
        forms: what the forms of their records proposed.
    """

    stage: Stage
    lines: tuple[Lines, ...]
    known: dict[tuple[int, bool], tuple[list[Instance], int]] = field(default_factory=dict)
    forms: dict[int, list[dict[str, str]]] = field(default_factory=dict)


@contextmanager
def table(stage: Stage, answer_seconds: float = PATIENT) -> Iterator[Table]:
    """Open it; connections are kept from pair to pair, which saves most of the time.

    Args:
        answer_seconds: how long a sender waits for an answer of the web services.
    """
    with ExitStack() as stack:
        yield Table(stage, tuple(stack.enter_context(stage.places.lines(answer_seconds)) for _ in range(3)))


def play(
    on: Table,
    pair: Pair,
    seconds: float,
    *,
    alike: bool = False,
    to_the_end: bool = True,
    meanwhile: Callable[[Stage], None] | None = None,
) -> Played:
    """Both are asked, answered in the same moment, and sent as Airflow would; then what came of it is judged.

    Args:
        seconds: what Spectrum takes for an answer.
        alike: whether the two records have the same title and are given the number in the same spelling.
        to_the_end: whether the one that is asked again is followed until it is linked, too.
        meanwhile: something else that happens while they are answered and sent.
    """
    stage, played = on.stage, Played()
    sides, instances = both_asked(on, pair, alike)
    stage.fault(f"sdx_slow_ms={round(seconds * 1000)}")

    def accept_and_send(number: int, start: threading.Barrier) -> None:
        side, instance = sides[number], instances[number]
        systems = stage.systems(on.lines[number])
        start.wait()
        outcome = answered(stage, systems, side, instance, side.typed)
        if outcome.state == "sending":
            played.documents[number] = stage.document(side.name, side.id)
            outcome = sent(stage, side, on.lines[number], instance.run_id)
        played.outcomes[number] = outcome

    together(
        lambda start: accept_and_send(0, start),
        lambda start: accept_and_send(1, start),
        *([lambda start: _after(start, meanwhile, stage)] if meanwhile else []),
    )
    stage.no_faults()
    stage.quiet()
    judge(on, pair, sides, played, to_the_end=to_the_end)
    return played


def _after(start: threading.Barrier, meanwhile: Callable[[Stage], None], stage: Stage) -> None:
    start.wait()
    meanwhile(stage)


def both_asked(on: Table, pair: Pair, alike: bool) -> tuple[tuple[Side, Side], list[Instance]]:
    """The stage as it was loaded, with both records before their approvers; from the second time on by remembering."""
    stage, place = on.stage, (PAIRS.index(pair), alike)
    name = f"pair_{place[0]}_{int(alike)}"
    if place in on.known:
        stage.with_kept_warehouse(name)
        instances, stage.runs = on.known[place]
        return pair.make(stage, alike), instances
    stage.reset()
    sides = pair.make(stage, alike)
    instances = [asked(stage, side) for side in sides]
    stage.keep_warehouse(name, sides[0].id)
    on.known[place] = instances, stage.runs
    return sides, instances


def asked(stage: Stage, side: Side) -> Instance:
    """Collect and ask about a record; who asks."""
    found = stage.collect(side.name, side.id.record, projects=(side.id.project,) if side.id.project else ())
    assert [row.id for row in found.chosen] == [side.id], stage.row(side.name, side.id)
    instance = stage.instance(side.name)
    question = ask(stage.systems(), EXPORTS[side.name], side.id, instance)
    assert isinstance(question, Question), question
    return instance


def answered(stage: Stage, systems: Systems, side: Side, instance: Instance, typed: Mapping[str, str]) -> Outcome:
    """The approver accepts: what the form proposes, or what they type."""
    form = {**form_of(systems, side), **typed}
    response = Response("accept", form, APPROVER, APPROVER.title(), stage.now())
    return take(systems, EXPORTS[side.name], side.id, instance, response)


def form_of(systems: Systems, side: Side) -> dict[str, str]:
    """What the form of a record proposes, and something where it proposes nothing."""
    obj = EXPORTS[side.name]
    candidate = obj.read(systems.procore, systems.company, side.id)
    assert candidate is not None
    fields = obj.form(candidate, systems.context)
    return {f.name: f.proposal or (f.choices or (TYPED.get(f.name, ""),))[0] for f in fields}


def sent(stage: Stage, side: Side, lines: Lines, run_id: str, tries: int = 12) -> Outcome:
    """Send again and again until it is over, as Airflow does."""
    for _ in range(tries):
        try:
            return send_record(stage.systems(lines), EXPORTS[side.name], side.id, run_id)
        except Unsettled as wait:
            stage.quiet()
            stage.offset += max(timedelta(0), wait.until - stage.now())
        except RetryLater:
            time.sleep(0.05)
    raise AssertionError(f"{side} does not come to an end: {stage.row(side.name, side.id)}")


def together(*parts: Callable[[threading.Barrier], None]) -> None:
    """Run these side by side; each waits at the barrier for the others. What one raises is raised."""
    start, raised = threading.Barrier(len(parts), timeout=60), []

    def run(part: Callable[[threading.Barrier], None]) -> None:
        try:
            part(start)
        except BaseException as error:  # noqa: BLE001  handed to the thread that waits
            raised.append(error)
            start.abort()

    threads = [threading.Thread(target=run, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    if raised:
        raise next((e for e in raised if not isinstance(e, threading.BrokenBarrierError)), raised[0])


def judge(on: Table, pair: Pair, sides: Sequence[Side], played: Played, *, to_the_end: bool) -> None:
    """Never merged, one linked, the other asked again with the reason; then it goes its own way."""
    stage = on.stage
    states = [outcome.state if outcome else None for outcome in played.outcomes]
    said = [outcome.reason if outcome else "" for outcome in played.outcomes]
    assert states.count("linked") == 1, (pair.title, states, said)
    won, lost = (0, 1) if states[0] == "linked" else (1, 0)
    assert journal_of(stage) == writes_of(played.documents[won]), f"{pair.title}: Spectrum holds what is not the one's"
    refused_well(stage, sides[won], sides[lost], played.outcomes[lost])
    if pair.once or not to_the_end:
        return
    instance, before = asked(stage, sides[lost]), journal_of(stage)
    assert answered(stage, stage.systems(), sides[lost], instance, sides[lost].other).state == "sending"
    assert sent(stage, sides[lost], on.lines[0], instance.run_id).state == "linked"
    assert journal_of(stage) == before + writes_of(stage.document(sides[lost].name, sides[lost].id))


def refused_well(stage: Stage, won: Side, lost: Side, outcome: Outcome | None) -> None:
    """The record is asked again, nothing of it is claimed, and the reason names the other one and its approver."""
    assert outcome is not None
    assert (outcome.state, outcome.ask_again) == ("ready", True), outcome
    row = stage.row(won.name, won.id)
    assert row is not None
    assert row.title in outcome.reason, f"{outcome.reason} does not name {row.title}"
    assert APPROVER.title() in outcome.reason
    current = "select key from export.claims where record_id = %s and object_name = %s"
    assert stage.warehouse(current, lost.id.record, lost.name) == []
