"""Asking and answering (A7): what the approver sees, who may answer, and what an answer may lead to."""

from __future__ import annotations

import itertools
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import DownstreamTasksSkipped

from spectrum_etl.errors import FixConfiguration, RetryLater, StopSync
from spectrum_etl.exports.document import Document
from spectrum_etl.exports.records import queue
from spectrum_etl.exports.records.states import TRANSITIONS, Outcome, State
from spectrum_etl.exports.steps.ask import NotAsked, Question
from spectrum_etl.model.record import RecordId
from spectrum_etl.model.run import Instance
from spectrum_etl.orchestration.approval import ApproveRecord, response_of
from spectrum_etl.warehouse.connect import connect
from tests.exports.steps.exports_world import OBJECT, World, place


def asked(world: World, record: str = "r1", **content: Any):
    id = world.add(record, **content)
    world.collect()
    question = world.ask(id)
    assert isinstance(question, Question), question
    return id, question


def shown(world: World, id: RecordId) -> dict[str, Any]:
    row = world.row(id)
    assert row is not None
    assert row.shown is not None
    return dict(row.shown)


def test_the_question_shows_every_call_from_what_to_what(world: World):
    where = place("UpdateVendor", {"Company_Code": "1", "Vendor_Code": "Cr1"})
    world.spectrum.held_now[where] = {"Alpha_Sort": "OLD"}
    id, question = asked(world, name="Ac|me <b>", lines=["one"], note="NEW")
    assert question.subject == "Thing: Thing r1"
    assert (
        "**New vendor** (Spectrum has nothing of it now)\n\n- Vendor code: Cr1\n- Name: Ac\\|me \\<b\\>"
        in question.body
    )
    assert "| Phase | Description |\n| --- | --- |\n| 1 | one |" in question.body
    assert "- Sorted by: NEW (now OLD)" in question.body
    assert [(field.name, field.proposal) for field in question.fields] == [("code", "Cr1"), ("kind", "SUB")]
    row = world.row(id)
    assert row is not None
    assert row.asks is not None
    assert row.asks.place == ("export_things", "run 1", "record.approve", 0)


def test_what_cannot_be_confirmed_is_said_before_it_is_approved(world: World):
    world.spectrum.unreadable = {"AddPhase"}
    _, question = asked(world)
    assert "**Not confirmed:** what AddPhase wrote cannot be read back" in question.body
    assert "(Spectrum has nothing of it now)" in question.body


def test_an_answer_writes_who_what_when_and_the_payload_before_anything_is_sent(world: World):
    id, _ = asked(world)
    assert world.answer(id, code="K-9").state == "sending"
    (row,) = world.query(
        "select decision, answers, answered_by, answered_by_name, answered_at, payload_hash, spectrum_key, state,"
        " dag_id, run_id, task_id, map_index, payload from export.ledger"
    )
    assert row[:4] == ("accept", {"code": "K-9", "kind": "SUB"}, "accounting", "Accounting")
    assert row[4] == world.time
    assert row[5] == Document.from_json(row[12]).payload_hash
    assert row[6:12] == ("K-9", "sending", "export_things", "run 1", "record.approve", 0)
    assert world.query("select call_number, service, state from export.calls order by 1") == [
        (1, "AddVendor", "pending"),
        (2, "AddPhase", "pending"),
    ]
    assert world.spectrum.calls == 0


@pytest.mark.parametrize("user", ["admin", "", "Accounting"])
def test_the_wrong_user_is_refused(world: World, user: str):
    id, _ = asked(world)
    outcome = world.answer(id, user=user)
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert "was ignored" in outcome.reason
    assert world.query("select answered_by, state, payload from export.ledger") == [(user, "ready", None)]
    assert world.send(id).state == "ready"


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"code": ""}, "Code is empty"),
        ({"code": "ELEVEN-CHAR"}, "has 11 characters; Spectrum takes at most 10"),
        ({"kind": "EQP"}, "not one of SUB, MAT"),
        ({"code": "TAKEN"}, "TAKEN is taken"),
    ],
)
def test_a_form_that_cannot_be_sent_is_asked_anew_with_the_reason(world: World, answers: dict[str, str], says: str):
    world.spectrum.held_now[place("AddVendor", {"Company_Code": "1", "Vendor_Code": "TAKEN"})] = {}
    id, _ = asked(world)
    outcome = world.answer(id, **answers)
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert says in outcome.reason
    assert [row.id for row in world.collect("r1").chosen] == [id]
    again = world.ask(id)
    assert isinstance(again, Question)
    assert "**Asked again:**" in again.body
    # What was refused is not proposed again, nor is it accepted with all that need no input.
    assert {field.name: field.proposal for field in again.fields} == {"code": "Cr1", "kind": "SUB"}
    assert shown(world, id)["complete"] is False
    assert world.answer(id).state == "sending"
    assert world.send(id).state == "linked"


def test_an_answer_that_was_not_what_was_wrong_is_proposed_again(world: World):
    id, _ = asked(world)
    world.procore.records["r1"]["name"] = "Other"
    assert world.answer(id, code="K-9", kind="MAT").ask_again
    world.collect()
    again = world.ask(id)
    assert isinstance(again, Question)
    assert {field.name: field.proposal for field in again.fields} == {"code": "K-9", "kind": "MAT"}
    assert shown(world, id)["complete"] is False, "somebody has to look at what changed"


def test_a_guessed_proposal_is_never_accepted_unseen(world: World):
    guessing = replace(OBJECT, form=lambda *about: tuple(replace(field, guessed=True) for field in OBJECT.form(*about)))
    id = world.add("r1")
    world.collect()
    assert isinstance(world.ask(id, obj=guessing), Question)
    assert shown(world, id)["complete"] is False


def test_a_form_without_gaps_needs_no_input(world: World):
    id, _ = asked(world)
    assert shown(world, id)["complete"] is True
    assert shown(world, id)["proposed"] == [
        {"name": "code", "title": "Code", "value": "Cr1"},
        {"name": "kind", "title": "Kind", "value": "SUB"},
    ]
    gap, _ = asked(world, "r2", number="")
    assert shown(world, gap)["complete"] is False
    world.spectrum.held_now[place("AddVendor", {"Company_Code": "1", "Vendor_Code": "Cr3"})] = {}
    taken, _ = asked(world, "r3")
    assert shown(world, taken)["complete"] is False, "the proposal breaks a rule of the form"


def test_nothing_else_than_what_was_shown_is_sent(world: World):
    form = tuple(
        replace(field, fills=fills)
        for field, fills in zip(
            OBJECT.form(OBJECT.read(world.procore, None, world.add("r1")), None),
            (("Vendor_Code", "Job_Number"), ("Type",)),
            strict=True,
        )
    )
    obj = replace(OBJECT, form=lambda candidate, context: form)
    id = world.id("r1")
    world.collect(obj=obj)
    world.ask(id, obj=obj)

    def with_terms(candidate: Any, answers: Any, context: Any) -> Document:
        made = OBJECT.document(candidate, answers, context)
        head = replace(made.calls[0], fields={**made.calls[0].fields, "Terms_Days": "45"})
        return replace(made, calls=(head, *made.calls[1:]))

    outcome = world.answer(id, code="K-9", obj=replace(obj, document=with_terms))
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert "Terms_Days: '' was shown, now it would be '45'" in outcome.reason
    world.collect(obj=obj)
    world.ask(id, obj=obj)
    assert world.answer(id, code="K-10", kind="MAT", obj=obj).state == "sending", "what is typed may differ"


def test_a_rejection_needs_a_reason(world: World):
    id, _ = asked(world)
    assert world.answer(id, "reject", reason="  ").state == "ready"
    world.collect()
    world.ask(id)
    assert world.answer(id, "reject", reason="wrong company").state == "rejected"
    assert world.query("select state, reason, payload from export.ledger order by attempt_id desc limit 1") == [
        ("rejected", "wrong company", None)
    ]
    row = world.row(id)
    assert row is not None
    assert row.reason == "wrong company"


def test_retrieve_takes_a_record_out_until_it_is_named(world: World):
    id, _ = asked(world)
    assert world.answer(id, "retrieve").state == "retrieved"
    assert world.collect().chosen == []
    assert [row.id for row in world.collect("r1").chosen] == [id]


def test_what_changed_while_it_waited_is_asked_anew(world: World):
    where = place("UpdateVendor", {"Company_Code": "1", "Vendor_Code": "Cr1"})
    world.spectrum.held_now[where] = {"Alpha_Sort": "OLD"}
    id, _ = asked(world, note="NEW")
    world.spectrum.held_now[where] = {"Alpha_Sort": "EDITED"}
    outcome = world.answer(id)
    assert outcome.ask_again
    assert "Alpha_Sort: was 'OLD', is now 'EDITED'" in outcome.reason
    world.collect()
    world.ask(id)
    world.procore.records["r1"]["name"] = "Other"
    outcome = world.answer(id)
    assert outcome.ask_again
    assert "changed in Procore" in outcome.reason
    world.collect()
    world.ask(id)
    world.procore.records["r1"]["name"] = ""
    assert world.answer(id).state == "ready"
    del world.procore.records["r1"]
    world.collect(waits=lambda _: False)
    assert world.state(id) is None


def test_a_record_that_goes_while_it_waits_leaves_the_queue(world: World):
    id, _ = asked(world)
    del world.procore.records["r1"]
    assert world.answer(id).state is None
    assert world.state(id) is None


def test_an_answer_for_another_task_instance_counts_for_nothing(world: World):
    id, _ = asked(world)
    with pytest.raises(StopSync, match="the question that was answered is no longer open"):
        world.answer(id, instance=Instance("export_things", "another run", "record.approve", 0))
    assert world.query("select 1 from export.ledger") == []
    # Airflow took it without a word: whoever looks at the record next is told, and it waits on.
    ((state, told),) = world.query("select state, reason from export.queue")
    assert state == "waiting"
    assert "nothing came of that answer; answer this one" in told
    world.answer(id)
    with pytest.raises(StopSync, match="the record is sending"):
        world.answer(id)


def test_of_two_runs_that_chose_a_record_one_asks(world: World):
    id, _ = asked(world)
    world.runs += 1
    second = world.ask(id)
    assert isinstance(second, NotAsked)
    assert not second.goes_on
    assert not second.ask_again


def test_a_cleared_approval_is_asked_by_a_new_run(world: World):
    id, _ = asked(world)
    second = world.ask(id, Instance("export_things", "run 1", "record.approve", 0, try_number=2))
    assert isinstance(second, NotAsked)
    assert second.ask_again
    assert world.state(id) == "ready"


def test_a_record_that_is_no_longer_ready_or_gone_is_not_asked_about(world: World):
    id = world.add("r1")
    world.collect()
    world.procore.records["r1"]["name"] = ""
    assert isinstance(world.ask(id), NotAsked)
    assert world.state(id) == "not_ready"
    gone = world.add("r2")
    world.collect()
    del world.procore.records["r2"]
    assert isinstance(world.ask(gone), NotAsked)
    assert world.state(gone) is None


@pytest.mark.parametrize(("error", "again"), [(RetryLater("busy"), True), (FixConfiguration("no access"), False)])
def test_an_answer_that_meets_a_fault_is_asked_for_anew(world: World, monkeypatch, error, again: bool):
    id, _ = asked(world)

    def current_values(*_: Any) -> None:
        raise error

    monkeypatch.setattr(world.spectrum, "current_values", current_values)
    if again:
        assert world.answer(id).ask_again
    else:
        with pytest.raises(FixConfiguration):
            world.answer(id)
    row = world.row(id)
    assert row is not None
    assert row.state == "ready"
    assert "could not be used" in (row.reason or "")


def test_only_the_ways_of_the_table_lead_from_state_to_state(world: World):
    id = world.add("r1")
    world.collect()
    with connect(world.url) as connection:
        connection.autocommit = True
        for old, new in itertools.product(TRANSITIONS, repeat=2):
            run = "run" if old == "waiting" else None
            connection.execute("update export.queue set state = %s, asks_run_id = %s", (old, run))
            asks = Instance("d", "r", "t") if new == "waiting" else None
            if new in TRANSITIONS[old]:
                queue.move(connection, "things", id, old, new, "run", asks=asks)
                with pytest.raises(queue.Moved):
                    queue.move(connection, "things", id, old, new, "run", asks=asks)
            else:
                with pytest.raises(ValueError, match="cannot go"):
                    queue.move(connection, "things", id, old, new, "run", asks=asks)
            found = connection.execute("select state from export.queue").fetchall()
            assert found == [(new if new in TRANSITIONS[old] else old,)], (old, new)


def test_the_operator_never_accepts_by_itself_and_has_no_end():
    operator = ApproveRecord(task_id="approve", object_name="vendors", record={}, retries=0, execution_timeout=None)
    assert operator.options == ["Accept", "Reject", "Retrieve"]
    assert operator.defaults is None
    assert operator.response_timeout is None
    assert operator.retries == 0


@pytest.mark.parametrize("state", ["rejected", "retrieved", "ready", "not_ready"])
def test_the_approval_that_took_a_rejection_tells_the_creator_and_no_other_does(
    monkeypatch: pytest.MonkeyPatch, state: State
):
    """Of its own record alone: it names its run and its number among the mapped ones."""
    record = {"company": "1", "project": "501", "record": "7", "title": "Thing 7"}
    operator = ApproveRecord(task_id="approve", object_name="commitments", record=record, retries=0)
    told: list[tuple[Any, ...]] = []
    monkeypatch.setattr("spectrum_etl.exports.systems.systems_from_airflow", lambda *given: nullcontext())
    monkeypatch.setattr("spectrum_etl.exports.steps.answer.take", lambda *given: Outcome(state, "why"))
    monkeypatch.setattr("spectrum_etl.orchestration.creators.notify_creators", lambda *given: told.append(given))
    ti = SimpleNamespace(dag_id="export_commitments", run_id="run 1", task_id="approve", map_index=3, try_number=1)
    event = {"chosen_options": ["Reject"], "params_input": {}, "responded_at": datetime.now(UTC)}
    with pytest.raises(DownstreamTasksSkipped):
        operator.execute_complete({"ti": ti}, event)  # type: ignore[typeddict-item]
    assert told == ([("commitments", "export_commitments", "run 1", 3)] if state == "rejected" else [])


def test_an_answer_of_airflow_is_read_as_it_is_recorded():
    at = datetime(2026, 9, 1, tzinfo=UTC)
    event = {
        "chosen_options": ["Accept"],
        "params_input": {"code": "A", "kind": None, "number": 7},
        "responded_at": at,
        "responded_by_user": {"id": "accounting", "name": "Accounting"},
    }
    response = response_of(event)
    assert (response.decision, response.user_id, response.at) == ("accept", "accounting", at)
    assert response.answers == {"code": "A", "kind": "", "number": "7"}
    assert response_of({**event, "responded_by_user": None}).user_id == ""
    for chosen in ([], ["Accept", "Reject"], ["accept"]):
        with pytest.raises(StopSync, match="not exactly one"):
            response_of({**event, "chosen_options": chosen})
