"""Sending exactly once: every fault, kill and interference, each on its own (M7, and DESIGN's exports)."""

import threading
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import pytest

from spectrum_etl.errors import FixRecord, RetryLater
from spectrum_etl.exports.records import locks
from spectrum_etl.exports.records.locks import is_locked, record_lock
from spectrum_etl.exports.records.settling import Unsettled
from spectrum_etl.exports.steps.answer import release_unanswered
from spectrum_etl.sources.faults import NotSent
from spectrum_etl.warehouse.connect import connect
from tests.exports.steps.exports_world import OBJECT, Kill, World, killed_after, place

HEAD = place("AddVendor", {"Company_Code": "1", "Vendor_Code": "Cr1"})


def line(number: int) -> tuple:
    return place("AddPhase", {"Company_Code": "1", "Job_Number": "Cr1", "Phase_Code": str(number)})


def assert_done(world: World, id, lines: int = 1) -> None:
    assert world.state(id) == "linked"
    assert world.spectrum.held_now[HEAD]["Vendor_Name"] == "Acme"
    assert all(count == 1 for count in world.spectrum.executed.values())
    assert len(world.spectrum.executed) == lines + 1
    assert world.procore.marks == {"r1": "Cr1"}
    assert world.query("select record_id, spectrum_key, how, linked_by from export.links") == [
        ("r1", "Cr1", "export", "accounting")
    ]
    assert world.query("select state, finished_at is not null from export.ledger") == [("linked", True)]


def settle(world: World, id, obj=None) -> None:
    with pytest.raises(Unsettled) as caught:
        world.send(id)
    world.time = caught.value.until


def test_the_golden_way(world):
    id = world.accept("r1", lines=["one", "two"])
    assert world.send(id).state == "linked"
    assert_done(world, id, 2)
    assert world.send(id).state == "linked"  # again: nothing to do
    assert world.spectrum.calls == 3


def test_a_call_that_was_not_sent_is_made_again(world):
    id = world.accept("r1")
    world.spectrum.faults = ["not sent", "not sent"]
    for _ in range(2):
        with pytest.raises(NotSent):
            world.send(id)
        assert world.state(id) == "sending"
        assert "refused" in world.row(id).reason
    world.send(id)
    assert_done(world, id)


def test_a_lost_answer_is_found_by_looking_it_up_at_once(world):
    id = world.accept("r1")
    world.spectrum.faults = ["lost"]
    world.send(id)
    assert_done(world, id)


def test_a_lost_call_that_was_never_executed_is_sent_again_only_after_the_time_limit(world):
    id = world.accept("r1")
    world.spectrum.faults = ["never"]
    settle(world, id)
    assert world.state(id) == "unknown"
    assert world.spectrum.calls == 1
    world.time -= timedelta(seconds=1)
    with pytest.raises(Unsettled):
        world.send(id)
    assert world.spectrum.calls == 1
    world.time += timedelta(seconds=1)
    world.send(id)
    assert_done(world, id)


def test_a_lost_call_that_is_executed_late_is_not_sent_again(world):
    id = world.accept("r1")
    world.spectrum.faults = ["late"]
    settle(world, id)
    world.send(id)
    assert_done(world, id)
    assert world.spectrum.calls == 2


def test_a_lost_call_that_is_executed_even_after_the_lookup_is_recognised(world):
    """Against its own time limit: the second add is refused, and the record looked up before anybody calls it wrong."""
    id = world.accept("r1")
    world.spectrum.faults = ["late"]
    world.spectrum.late_after = 10_000
    settle(world, id)
    original = world.spectrum.write

    def write(service, parameters):
        world.spectrum.settle()
        return original(service, parameters)

    world.spectrum.write = write
    world.send(id)
    assert_done(world, id)


@pytest.mark.parametrize("fault", ["killed before", "killed after", "killed late"])
def test_a_kill_during_a_call_is_recovered_by_sending_again(world, fault):
    id = world.accept("r1")
    world.spectrum.faults = [fault]
    with pytest.raises(Kill):
        world.send(id)
    assert world.state(id) == "sending"
    if fault != "killed after":
        settle(world, id)
    world.send(id)
    assert_done(world, id)


@pytest.mark.parametrize("steps", range(1, 25))
def test_a_kill_at_any_commit_is_recovered_by_sending_again(world, monkeypatch, steps):
    id = world.accept("r1", lines=["one", "two"])
    try:
        with killed_after(steps, monkeypatch):
            world.send(id)
    except Kill:
        pass
    for _ in range(5):
        try:
            world.send(id)
        except Unsettled as wait:
            world.time = wait.until
    assert_done(world, id, 2)


def test_a_document_resumes_at_the_line_that_was_not_written(world):
    id = world.accept("r1", lines=["one", "two", "three", "four", "five"])
    world.spectrum.faults = ["", "", "", "not sent"]
    with pytest.raises(NotSent):
        world.send(id)
    assert len(world.spectrum.executed) == 3
    world.send(id)
    assert_done(world, id, 5)
    assert world.spectrum.calls == 7


def test_a_refused_line_fails_the_record_and_naming_it_resumes_there(world):
    id = world.accept("r1", lines=["one", "two"])
    world.spectrum.faults = ["", "refused"]
    outcome = world.send(id)
    assert outcome.state == "failed"
    assert "a phase is complete" in outcome.reason
    assert "AddPhase, Job_Number Cr1, Phase_Code 1" in outcome.reason
    assert world.collect().chosen == []
    assert [row.state for row in world.collect("r1").chosen] == ["sending"]
    world.send(id)
    assert_done(world, id, 2)
    assert world.spectrum.calls == 4


def test_a_failed_record_of_which_spectrum_holds_nothing_is_asked_about_anew(world):
    id = world.accept("r1")
    world.spectrum.faults = ["refused"]
    assert world.send(id).state == "failed"
    assert [row.state for row in world.collect("r1").chosen] == ["ready"]
    world.ask(id)
    world.answer(id)
    world.send(id)
    assert world.state(id) == "linked"
    assert world.query("select state from export.ledger order by attempt_id") == [("failed",), ("linked",)]


def test_a_key_that_somebody_made_in_between_is_a_conflict_and_stays_untouched(world):
    """Also with the same content: it is not ours."""
    id = world.accept("r1", lines=["one", "two"])
    row = world.query("select payload from export.ledger")[0][0]
    from spectrum_etl.exports.document import Document

    call = Document.from_json(row).calls[1]
    world.spectrum.person_writes(call, call.fields)
    outcome = world.send(id)
    assert outcome.state == "failed"
    assert "exists in Spectrum already, and this attempt did not write it" in outcome.reason
    assert world.spectrum.executed[line(1)] == 0


def test_a_key_that_somebody_made_before_the_first_call_is_asked_about_anew(world):
    id = world.accept("r1")
    world.spectrum.held_now[HEAD] = {"Vendor_Name": "Somebody else"}
    outcome = world.send(id)
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert "Cr1 is taken" in outcome.reason
    assert world.spectrum.calls == 0


def test_a_record_that_changed_after_it_was_accepted_is_asked_about_anew(world):
    id = world.accept("r1")
    world.procore.records["r1"]["name"] = "Other"
    outcome = world.send(id)
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert world.spectrum.calls == 0
    assert world.query("select state, finished_at is not null from export.ledger") == [("ready", True)]


def test_a_record_that_is_gone_or_not_ready_any_more_is_not_sent(world):
    id = world.accept("r1")
    world.procore.records["r1"]["name"] = ""
    assert world.send(id).state == "ready"
    assert [row.state for row in world.collect("r1").chosen] == []
    assert world.state(id) == "not_ready"
    other = world.accept("r2")
    del world.procore.records["r2"]
    assert world.send(other).state is None
    assert world.state(other) is None
    assert world.spectrum.calls == 0


def test_an_overwriting_call_may_be_repeated_and_holds_what_was_there_before(world):
    id = world.accept("r1", note="ACME")
    world.spectrum.faults = ["", "", "never"]
    settle(world, id)
    world.send(id)
    assert world.state(id) == "linked"


def test_neither_the_old_nor_the_new_after_a_lost_answer_is_for_a_person(world):
    id = world.accept("r1", note="ACME")
    world.spectrum.faults = ["", "", "never"]
    settle(world, id)
    where = place("UpdateVendor", {"Company_Code": "1", "Vendor_Code": "Cr1"})
    world.spectrum.held_now[where] = {"Alpha_Sort": "OTHER"}
    outcome = world.send(id)
    assert outcome.state == "failed"
    assert "Alpha_Sort: sent 'ACME', Spectrum holds 'OTHER'" in outcome.reason


def test_what_is_read_back_otherwise_fails_with_element_sent_and_held(world):
    id = world.accept("r1")
    original = world.spectrum._execute

    def execute(service, parameters):
        return original(service, {**parameters, **({"Description": "cut"} if service == "AddPhase" else {})})

    world.spectrum._execute = execute
    outcome = world.send(id)
    assert outcome.state == "failed"
    assert "Description: sent 'one', Spectrum holds 'cut'" in outcome.reason
    assert world.procore.marks == {}


def test_what_cannot_be_read_back_is_linked_with_that_said(world):
    world.spectrum.unreadable = {"AddPhase"}
    id = world.accept("r1")
    assert "AddPhase" in world.send(id).reason
    assert world.state(id) == "linked"
    assert "cannot be read back" in world.row(id).reason


def test_a_lost_add_that_cannot_be_read_back_is_never_sent_again_without_a_person(world):
    world.spectrum.unreadable = {"AddPhase"}
    id = world.accept("r1")
    world.spectrum.faults = ["", "never"]
    settle(world, id)
    outcome = world.send(id)
    assert outcome.state == "failed"
    assert world.collect("r1").chosen[0].state == "sending"  # naming it says: it is not there
    world.send(id)
    assert_done(world, id)


def test_a_fault_of_procore_after_the_confirmation_is_only_repeated(world):
    id = world.accept("r1")
    world.procore.mark_faults = [RetryLater("Procore is busy"), FixRecord("the origin id is taken")]
    with pytest.raises(RetryLater):
        world.send(id)
    assert world.state(id) == "confirmed"
    assert world.send(id).state == "failed"
    assert "taken" in world.row(id).reason
    assert [row.state for row in world.collect("r1").chosen] == ["sending"]
    world.send(id)
    assert_done(world, id)
    assert world.spectrum.calls == 2


def test_of_two_senders_one_sends(world):
    id = world.accept("r1")
    entered, go = threading.Event(), threading.Event()
    original = world.spectrum.write

    def write(service, parameters):
        entered.set()
        go.wait(10)
        return original(service, parameters)

    world.spectrum.write = write
    outcomes = []
    first = threading.Thread(target=lambda: outcomes.append(world.send(id)))
    first.start()
    assert entered.wait(10)
    second = world.send(id)
    assert second.reason == "another task is sending it"
    assert world.collect("r1").chosen == []
    go.set()
    first.join(10)
    assert outcomes[0].state == "linked"
    assert_done(world, id)


def test_a_try_that_fails_has_freed_the_record_when_it_ends(world, monkeypatch):
    """Although the server has not noticed the end of its connection yet."""
    id = world.accept("r1")

    def fails() -> None:
        with record_lock(world.url, "things", id) as lock:
            assert lock is not None
            raise RetryLater("later", remedy="try again")

    with connect(world.url) as connection, connect(world.url) as lingers:
        monkeypatch.setattr(locks, "connect", lambda url: nullcontext(lingers))
        with pytest.raises(RetryLater):
            fails()
        assert not is_locked(connection, "things", id)


def test_a_sender_that_has_just_ended_is_waited_for(world):
    """The server frees its lock a moment after its end: a try that comes at once must not take it for another task."""
    id = world.accept("r1")
    with record_lock(world.url, "things", id) as lock:
        ended = threading.Timer(0.3, lock.close)
        ended.start()
        assert world.send(id).state == "linked"


def test_a_killed_sender_frees_the_record(world):
    id = world.accept("r1")
    with record_lock(world.url, "things", id) as lock:
        assert lock is not None
        assert world.send(id).reason == "another task is sending it"
        lock.close()
        assert world.send(id).state == "linked"


@pytest.mark.parametrize(
    "forgery",
    [
        "update export.ledger set payload = jsonb_set(payload, '{calls,0,fields,Vendor_Name}', '\"Evil\"')",
        'update export.calls set fields = \'{"Vendor_Name": "Evil"}\' where call_number = 1',
        "delete from export.calls where call_number = 2",
    ],
)
def test_a_payload_that_is_not_the_approved_one_is_not_sent(world, forgery):
    id = world.accept("r1")
    world.query(forgery)
    outcome = world.send(id)
    assert outcome.state == "failed"
    assert "hash" in outcome.reason
    assert world.spectrum.calls == 0


def test_what_was_not_accepted_is_not_sent(world):
    """A task marked successful by hand, a forged or edited XCom: the ledger has nothing, so nothing happens."""
    id = world.add("r1")
    assert world.send(id).state is None
    world.collect()
    assert world.send(id).state == "ready"
    world.ask(id)
    assert world.send(id).state == "waiting"
    world.answer(id, "reject", reason="no")
    assert world.send(id).state == "rejected"
    assert world.spectrum.calls == 0


def test_a_record_is_asked_about_anew_when_its_approval_ended_without_an_answer(world):
    """A task that asked and failed, or was marked successful by hand, leaves nothing in the ledger: nothing is sent."""
    id = world.add("r1")
    world.collect()
    world.ask(id)
    asked = world.row(id).asks
    assert world.send(id).state == "waiting"
    assert not release_unanswered(world.systems, OBJECT, id, replace(asked, run_id="another run"), "run")
    assert release_unanswered(world.systems, OBJECT, id, asked, "run")
    assert (world.state(id), world.spectrum.executed) == ("ready", {})
    assert release_unanswered(world.systems, OBJECT, id, asked, "run"), "who frees a record may not be who asks anew"
    world.collect()
    world.ask(id, replace(asked, run_id="another run"))
    assert not release_unanswered(world.systems, OBJECT, id, asked, "run")
