"""Random faults, kills, people, changes, clashes and two runs at once: exactly one write of the approved content (M7).

No record is lost, none gets the number of another one (A1), and none is left in a state that no action leaves.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spectrum_etl.errors import RetryLater
from spectrum_etl.exports.document import Document
from spectrum_etl.exports.records.settling import Unsettled
from spectrum_etl.exports.records.states import IN_FLIGHT
from spectrum_etl.exports.steps.ask import Question
from spectrum_etl.model.record import RecordId
from tests.exports.steps.exports_world import FAULTS, Kill, World, killed_after, place

SEQUENCES = 500
_records = itertools.count(1)
_outcomes: Counter[str] = Counter()

#: What may happen between two tries to send.
_EVENTS = st.sampled_from(
    ["", "", "", "person adds", "person changes", "record changes", "record goes", "waits", "clash", "two runs"]
)


@pytest.fixture(scope="module", autouse=True)
def counted():
    yield
    print(f"\n{sum(_outcomes.values())} random sequences: {dict(_outcomes)}; 0 duplicates, 0 lost, 0 merged, 0 stuck")


_STORIES = {
    "lines": st.integers(0, 4),
    "overwrites": st.booleans(),
    "faults": st.lists(st.sampled_from(FAULTS), max_size=8),
    "kills": st.lists(st.one_of(st.none(), st.integers(1, 12)), max_size=6),
    "events": st.lists(_EVENTS, max_size=6),
    "late_after": st.sampled_from([10.0, 299.0, 5_000.0]),
    "first_event": _EVENTS,
}


def sequences(count: int) -> settings:
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@sequences(20)
@given(**_STORIES)
def test_exactly_once(warehouse, monkeypatch, **story):
    play(warehouse, monkeypatch, **story)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@sequences(SEQUENCES)
@given(**_STORIES)
def test_exactly_once_in_many_sequences(warehouse, monkeypatch, **story):
    play(warehouse, monkeypatch, **story)


def play(warehouse, monkeypatch, lines, overwrites, faults, kills, events, late_after, first_event):
    world = World(warehouse)
    record = f"p{next(_records)}"
    world.spectrum.late_after = late_after
    texts = [f"line {n}" for n in range(1, lines + 1)]
    id = world.accept(record, lines=texts, **({"note": "NOTE"} if overwrites else {}))
    payload = world.query("select payload from export.ledger where record_id = %s", record)[0][0]
    document = Document.from_json(payload)
    interfered = happen(world, record, document, first_event)
    world.spectrum.faults = list(faults)
    told = set(faults)

    for step in range(60):
        try:
            with killed_after(kills[step] if step < len(kills) else None, monkeypatch):
                world.send(id)
        except Kill:
            pass
        except Unsettled as wait:
            world.time = max(world.time, wait.until)
        except RetryLater:
            world.time += timedelta(seconds=60)
        if step < len(events):
            interfered |= happen(world, record, document, events[step])
        if world.state(id) not in ("sending", "unknown", "sent", "confirmed"):
            break
    world.spectrum.settle()
    check(world, id, document, told, interfered)
    _outcomes[str(world.state(id))] += 1


def happen(world: World, record: str, document: Document, event: str) -> bool:
    """Something happens outside; whether it touched Spectrum or the record."""
    content = world.procore.records.get(record)
    if event == "waits":
        world.time += timedelta(seconds=100)
    elif event == "person adds":
        call = document.calls[len(document.calls) // 2]
        if world.spectrum.current_values(call.service, call.key) is None:
            world.spectrum.person_writes(call, {name: "by hand" for name in call.fields})
    elif event == "person changes":
        last = document.calls[-1]
        if not last.adds and world.spectrum.current_values(last.service, last.key) is None:
            world.spectrum.person_writes(last, {name: "BY HAND" for name in last.fields})
    elif event == "record changes" and content is not None:
        content["name"] += "x"
    elif event == "record goes":
        world.procore.records.pop(record, None)
    elif event == "clash":
        clash(world, world.id(record), document)
        return False
    elif event == "two runs":
        two_runs(world, world.id(record))
        return False
    else:
        return False
    return event != "waits"


def clash(world: World, id: RecordId, document: Document) -> None:
    """Another record is given the number of this one, which is on its way: it is refused, with whose number it is."""
    if world.state(id) not in IN_FLIGHT:
        return
    other = world.add(f"q{next(_records)}")
    world.collect(other.record)
    assert isinstance(world.ask(other), Question)
    outcome = world.answer(other, code=document.key.lower())
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert f"Thing {id.record}" in outcome.reason
    world.procore.records.pop(other.record)


def two_runs(world: World, id: RecordId) -> None:
    """Two runs that have picked the same record."""
    raised: list[BaseException] = []

    def send() -> None:
        try:
            world.send(id)
        except Unsettled as wait:
            world.time = max(world.time, wait.until)
        except (RetryLater, Kill):
            pass
        except BaseException as error:  # noqa: BLE001  handed to the thread that waits
            raised.append(error)

    both = [threading.Thread(target=send) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(60)
    assert raised == []


def check(world: World, id, document: Document, told: set[str], interfered: bool) -> None:
    spectrum, state = world.spectrum, world.state(id)
    for call in document.calls:
        where = place(call.service, call.key)
        if call.adds:
            assert spectrum.executed[where] <= 1, f"{where} was added twice"
            if where in spectrum.by_person:
                assert spectrum.executed[where] == 0, f"{where} of a person was overwritten"
        if spectrum.executed[where] and where not in spectrum.by_person:
            assert spectrum.held_now[where] == dict(call.fields), f"{where} is not what was approved"
    assert sum(spectrum.executed.values()) == sum(
        spectrum.executed[place(call.service, call.key)] for call in document.calls
    ), "something was written that nobody approved"

    record = id.record
    current = world.query("select key, linked from export.claims where record_id = %s and space = 'vendor'", record)
    assert current == ([(document.key, True)] if state == "linked" else current if state == "failed" else [])
    attempts = world.query("select state, finished_at is not null from export.ledger where record_id = %s", record)
    linked = world.query("select spectrum_key from export.links where record_id = %s", record)
    if state == "linked":
        assert all(spectrum.held_now[place(c.service, c.key)] == dict(c.fields) for c in document.calls)
        assert linked == [(document.key,)]
        assert world.procore.marks[record] == document.key
        assert attempts == [("linked", True)]
        return
    assert linked == []
    assert attempts[0][1], "the attempt neither ended nor goes on"
    if state == "failed":
        row = world.row(id)
        assert row is not None
        assert row.reason
        assert interfered or "refused" in told or "late" in told or "killed late" in told, row.reason
        recover(world, id, document)
        return
    assert state in (None, "ready", "not_ready"), state
    assert interfered
    assert not spectrum.executed, "Spectrum holds a part of a record that is asked about anew"


def recover(world: World, id, document: Document) -> None:
    """A failed record is not lost: once a person has taken the obstacles away, naming it brings it to its end."""
    spectrum = world.spectrum
    for where in spectrum.by_person:
        spectrum.held_now.pop(where, None)
    spectrum.by_person.clear()
    spectrum.faults.clear()
    world.procore.records.setdefault(id.record, {"name": "Acme", "lines": [], "number": f"C{id.record}"[:10]})
    world.time += timedelta(hours=1)
    before = Counter(spectrum.executed)
    chosen = world.collect(id.record).chosen
    assert [row.id for row in chosen] == [id]
    if chosen[0].state == "ready":
        assert isinstance(world.ask(id), Question)
        assert world.answer(id).state == "sending"
    with suppress(Unsettled):
        world.send(id)
    assert world.state(id) == "linked", world.row(id)
    for where, count in before.items():
        if where[0].startswith("Add"):
            assert spectrum.executed[where] == count, f"{where} was added twice"
