"""A1: nobody is ever stuck in a state that no action leaves, and every claim of a number ends.

Each state is reached as records reach it, the hard ways included, and left by each action that `states.WAYS_ON` names.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from spectrum_etl.errors import FixRecord, RetryLater, StopSync
from spectrum_etl.exports.records.ledger import CallState
from spectrum_etl.exports.records.settling import Unsettled
from spectrum_etl.exports.records.states import IN_FLIGHT, STATES, TRANSITIONS, WAYS_ON, Action, State
from spectrum_etl.exports.spec import RecordFilter
from spectrum_etl.exports.steps.ask import Question
from spectrum_etl.exports.steps.link import link
from spectrum_etl.exports.steps.take_out import FROM, take_out
from spectrum_etl.exports.steps.unlink import unlink
from spectrum_etl.model.record import RecordId
from spectrum_etl.sources.faults import NotSent
from tests.exports.steps.exports_world import OBJECT, Kill, World, place

HEAD = place("AddVendor", {"Company_Code": "1", "Vendor_Code": "Cr1"})


def queued(world: World) -> RecordId:
    world.add("r0")
    id = world.add("r1")
    world.collect(most=1)
    return id


def not_ready(world: World) -> RecordId:
    id = world.add("r1", name="")
    world.collect()
    world.procore.records["r1"]["name"] = "Acme"
    return id


def ready(world: World) -> RecordId:
    id = world.add("r1")
    world.collect()
    return id


def waiting(world: World) -> RecordId:
    id = ready(world)
    assert isinstance(world.ask(id), Question)
    return id


def rejected(world: World) -> RecordId:
    id = waiting(world)
    world.answer(id, "reject", reason="not ours")
    return id


def retrieved(world: World) -> RecordId:
    id = waiting(world)
    world.answer(id, "retrieve")
    return id


def sending(world: World) -> RecordId:
    """Accepted, and the task died during its call."""
    id = world.accept("r1")
    world.spectrum.faults = ["killed before"]
    with suppress(Kill):
        world.send(id)
    return id


def unknown(world: World) -> RecordId:
    id = world.accept("r1")
    world.spectrum.faults = ["never"]
    with suppress(Unsettled):
        world.send(id)
    return id


def sent(world: World) -> RecordId:
    """Every call was answered; the task died before it could read them back."""
    id = world.accept("r1", lines=[])
    current, world.spectrum.current_values = (
        world.spectrum.current_values,
        lambda *_: died() if world.spectrum.calls else None,
    )  # type: ignore[method-assign,assignment]
    with suppress(Kill):
        world.send(id)
    world.spectrum.current_values = current  # type: ignore[method-assign]
    return id


def died() -> None:
    raise Kill


def confirmed(world: World) -> RecordId:
    id = world.accept("r1")
    world.procore.mark_faults = [RetryLater("Procore is busy")]
    with suppress(RetryLater):
        world.send(id)
    return id


def linked(world: World) -> RecordId:
    id = world.accept("r1")
    world.send(id)
    return id


def failed(world: World) -> RecordId:
    """With a part of it in Spectrum."""
    id = world.accept("r1")
    world.spectrum.faults = ["", "refused"]
    world.send(id)
    return id


REACHED: dict[State, Callable[[World], RecordId]] = {
    "queued": queued,
    "not_ready": not_ready,
    "ready": ready,
    "waiting": waiting,
    "rejected": rejected,
    "retrieved": retrieved,
    "sending": sending,
    "unknown": unknown,
    "sent": sent,
    "confirmed": confirmed,
    "linked": linked,
    "failed": failed,
}


def next_run(world: World, id: RecordId, *names: str) -> None:
    """Collected, asked where it is ready and answered, sent where it was accepted; its last task waits no more."""
    world.time += timedelta(hours=1)
    world.collect(*names, waits=lambda _: False)
    if world.state(id) == "ready":
        assert isinstance(world.ask(id), Question)
        world.answer(id)
    world.send(id)


def answer(world: World, id: RecordId) -> None:
    world.answer(id)


def collect_again(world: World, id: RecordId) -> None:
    next_run(world, id, id.record)


def taken_out(world: World, id: RecordId) -> None:
    world.time += timedelta(hours=1)
    take_out(world.systems, OBJECT, RecordFilter(records=(id.record,)), "otto", "run")


def link_by_hand(world: World, id: RecordId) -> None:
    world.spectrum.held_now[place("AddVendor", {"Company_Code": "1", "Vendor_Code": "OLD"})] = {}
    # Unlike the objects, these records tell nothing of an ERP id in Procore.
    world.procore.records[id.record]["project"] = {}
    link(world.systems, OBJECT, id, "OLD", "otto")


def unlinked(world: World, id: RecordId) -> None:
    world.spectrum.held_now.clear()
    unlink(world.systems, OBJECT, id.record, "otto")


ACTIONS: dict[Action, Callable[[World, RecordId], None]] = {
    "next run": next_run,
    "answer": answer,
    "collect again": collect_again,
    "take out": taken_out,
    "link by hand": link_by_hand,
    "unlink": unlinked,
}
#: Where each action leads, from any state that names it; None: the record has left the queue.
ENDS: dict[Action, frozenset[str | None]] = {
    "next run": frozenset({"linked"}),
    "answer": frozenset({"sending"}),
    "collect again": frozenset({"linked"}),
    "take out": frozenset({"retrieved"}),
    "link by hand": frozenset({None}),
    "unlink": frozenset({None}),
}


def claims(world: World) -> list[tuple[str, str, bool]]:
    """What is claimed: record, number, and whether it is linked."""
    return world.query("select record_id, key, linked from export.claims order by 1, 2")


def test_a1_every_state_has_a_way_on_and_every_way_is_walked() -> None:
    assert set(WAYS_ON) == set(STATES) == set(REACHED) == set(TRANSITIONS)
    assert all(WAYS_ON.values())
    assert {action for actions in WAYS_ON.values() for action in actions} == set(ACTIONS)
    assert {state for state, actions in WAYS_ON.items() if "take out" in actions} == FROM
    assert all("retrieved" in TRANSITIONS[state] for state in FROM)


@pytest.mark.parametrize(("state", "action"), [(state, action) for state in STATES for action in WAYS_ON[state]])
def test_a1_each_action_leads_on(world: World, state: State, action: Action) -> None:
    id = REACHED[state](world)
    assert world.state(id) == state
    ACTIONS[action](world, id)
    now = world.state(id)
    assert now in ENDS[action]
    if now == "linked":
        assert claims(world) == [("r1", "Cr1", True)]
    elif action == "link by hand":
        assert claims(world) == [("r1", "OLD", True)]
    elif now in (None, "retrieved"):
        assert claims(world) == []


def test_a1_every_state_of_a_call_is_among_those_that_are_left(world: World) -> None:
    found = set()
    for reach in REACHED.values():
        world.query(
            "truncate export.queue, export.calls, export.claims, export.links, export.rejection_mails, export.ledger"
        )
        world = World(world.url)
        reach(world)
        found |= {state for (state,) in world.query("select state from export.calls")}
    assert found == set(get_args(CallState))


HARD = {
    "the record is gone from Procore": lambda world: world.procore.records.pop("r1"),
    "its mark is refused": lambda world: setattr(world.procore, "mark_faults", [FixRecord("taken")] * 50),
    "Spectrum holds it twice": lambda world: setattr(world.spectrum, "current_values", _raise(StopSync("two rows"))),
    "somebody changed it in Spectrum": lambda world: world.spectrum.held_now.update({HEAD: {"Vendor_Name": "Other"}}),
    "its number is linked to another record": lambda world: world.query(
        "insert into export.links (object_name, company_code, project_id, record_id, spectrum_key, how, linked_by)"
        " values ('things', '1', 'p1', 'r9', 'Cr1', 'by hand', 'otto')"
    ),
    "the ledger was edited": lambda world: world.query("update export.ledger set payload_hash = 'x'"),
    "what was accepted is gone from the ledger": lambda world: world.query(
        "update export.ledger set payload = null, payload_hash = null, spectrum_key = null"
    ),
}


def _raise(error: Exception) -> Callable[..., None]:
    def raised(*_: object) -> None:
        raise error

    return raised


@pytest.mark.parametrize("hard", HARD)
@pytest.mark.parametrize("state", [*sorted(IN_FLIGHT), "failed"])
def test_a1_what_nobody_can_mend_is_for_a_person_and_can_be_taken_out(world: World, state: State, hard: str) -> None:
    """However often it is tried: it ends, or fails with a reason, and a person can always take it out."""
    id = REACHED[state](world)
    HARD[hard](world)
    world.time += timedelta(hours=1)
    for _ in range(3):
        with suppress(Unsettled):
            world.send(id)
        world.time += timedelta(hours=1)
    row = world.row(id)
    if row is None or row.state in ("linked", "ready"):
        return
    assert row.state == "failed", (row.state, row.reason)
    assert row.reason
    taken_out(world, id)
    assert world.state(id) == "retrieved"
    assert claims(world) == []
    assert world.query("select count(*) from export.ledger where finished_at is null") == [(0,)]


def test_a_record_that_is_being_sent_or_may_still_be_executed_is_not_taken_out(world: World) -> None:
    id = unknown(world)
    with pytest.raises(RetryLater, match="may still be running"):
        take_out(world.systems, OBJECT, RecordFilter(records=("r1",)), "otto", "run")
    assert claims(world) == [("r1", "Cr1", False)], "nobody else gets the number before that is over"
    taken_out(world, id)
    row = world.row(id)
    assert row is not None
    assert "taken out by otto" in (row.reason or "")
    assert "may hold a part of it, beginning with AddVendor, Vendor_Code Cr1" in (row.reason or "")
    assert world.query("select state, reason is not null from export.ledger") == [("retrieved", True)]


@pytest.mark.parametrize(
    ("records", "says"),
    [((), "names no record to take out"), (("r9",), "not in the export queue"), (("r1",), "is waiting, and is not")],
)
def test_only_what_has_no_other_way_on_is_taken_out(world: World, records: tuple[str, ...], says: str) -> None:
    waiting(world)
    with pytest.raises(FixRecord, match=says):
        take_out(world.systems, OBJECT, RecordFilter(records=records), "otto", "run")


def test_a1_a_failed_record_keeps_its_number_as_long_as_spectrum_may_hold_something_under_it(world: World) -> None:
    failed(world)
    assert claims(world) == [("r1", "Cr1", False)]
    other = world.add("r2")
    world.collect("r2")
    world.ask(other)
    outcome = world.answer(other, code="cr1")
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    whose = "vendor Cr1 belongs to Thing r1 (things, Procore id r1), accepted by Accounting on 2026-09-01"
    assert whose in outcome.reason
    world.spectrum.faults = []
    collect_again(world, world.id("r1"))
    assert world.state(world.id("r1")) == "linked"


def test_a1_a_failed_record_of_which_spectrum_has_seen_nothing_gives_its_number_up(world: World) -> None:
    id = world.accept("r1")
    world.spectrum.faults = ["refused"]
    assert world.send(id).state == "failed"
    assert claims(world) == []


def test_a1_a_number_that_is_claimed_is_not_proposed_and_the_form_says_whose_it_is(world: World) -> None:
    world.accept("r1")
    fills = tuple(
        replace(field, fills=("Vendor_Code",) if field.name == "code" else ("Type",))
        for field in OBJECT.form(OBJECT.read(world.procore, None, world.add("r2", number="CR1")), None)  # type: ignore[arg-type]
    )
    obj = replace(OBJECT, form=lambda candidate, context: fills)
    world.collect("r2", obj=obj)
    question = world.ask(world.id("r2"), obj=obj)
    assert isinstance(question, Question)
    code = next(field for field in question.fields if field.name == "code")
    assert code.proposal == ""
    assert "CR1 is not proposed: vendor Cr1 belongs to Thing r1" in code.description
    row = world.row(world.id("r2"))
    assert row is not None
    assert row.shown is not None
    assert row.shown["complete"] is False, "it is not accepted with all that need no input"


def test_a1_what_cannot_have_another_number_waits_as_not_ready_while_another_record_is_linked(world: World) -> None:
    """A budget of a second project that is linked to the same job: its approver is not asked again and again."""
    linked(world)
    obj = replace(OBJECT, form=lambda candidate, context: (), form_rules=(), document=_of_one_key)
    id = world.add("r2")
    world.collect("r2", obj=obj)
    world.ask(id, obj=obj)
    assert world.state(id) == "not_ready"
    [(broken,)] = world.query("select broken_text from export.queue where record_id = 'r2'")
    assert "vendor Cr1 belongs to Thing r1" in broken
    assert "unlink_export" in broken
    unlinked(world, world.id("r1"))
    world.collect("r2", obj=obj)
    assert isinstance(world.ask(id, obj=obj), Question)


def _of_one_key(candidate, answers, context):  # type: ignore[no-untyped-def]
    return OBJECT.document(candidate, {"code": "Cr1"}, context)


def test_a1_a_call_that_was_not_sent_leaves_the_number_claimed(world: World) -> None:
    id = world.accept("r1")
    world.spectrum.faults = ["not sent"]
    with pytest.raises(NotSent):
        world.send(id)
    assert claims(world) == [("r1", "Cr1", False)]
    world.send(id)
    assert claims(world) == [("r1", "Cr1", True)]
