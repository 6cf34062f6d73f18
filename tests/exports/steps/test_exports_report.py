"""A2: whether a run is red or green is decided by the ledger, and a record that a person must look at is named."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from spectrum_etl.errors import RetryLater
from spectrum_etl.exports.records import why
from spectrum_etl.exports.records.locks import record_lock
from spectrum_etl.exports.records.settling import Unsettled
from spectrum_etl.exports.steps.report import Report, Tasks, report
from spectrum_etl.model.record import RecordId
from spectrum_etl.model.run import Instance
from spectrum_etl.orchestration.export_tasks import as_items
from tests.exports.steps.exports_world import Kill, World

RUN = Instance("export_things", "run of send", "report")


def judged(
    world: World,
    *ids: RecordId,
    waits: bool = True,
    sends: bool = False,
    states: dict[int, tuple[str | None, str | None]] | None = None,
    run: Instance = RUN,
) -> Report:
    """The report of a run that collected these."""
    items = as_items([row for id in ids if (row := world.row(id))])
    tasks = Tasks(lambda _: waits, lambda _: sends, lambda place: (states or {}).get(place, ("success", "success")))
    return report(world.url, "things", run, items, tasks)


def test_a2_a_failed_record_is_not_hidden_by_one_that_ended_well(world: World) -> None:
    done, failed, rejected = world.accept("r1"), world.accept("r2"), world.add("r3")
    world.send(done)
    world.spectrum.faults = ["refused"]
    world.send(failed)
    world.collect("r3")
    world.ask(rejected)
    world.answer(rejected, "reject", reason="not ours")
    found = judged(world, done, failed, rejected, states={1: ("success", "failed")})
    assert found.counts == {"linked": 1, "failed": 1, "rejected": 1}
    assert len(found.bad) == 1
    assert found.bad[0].startswith("Thing r2 of company 1 is failed: ")
    assert "a phase is complete" in found.problem
    assert "a phase is complete" in found.table
    assert "not ours" in found.table


def test_a2_what_is_not_ready_rejected_taken_out_or_asked_again_is_counted_and_leaves_the_run_green(
    world: World,
) -> None:
    world.add("r1", name="")
    ids = [world.add(f"r{n}") for n in (2, 3, 4)]
    found = world.collect()
    assert len(found.chosen) == 3
    for id in ids:
        world.ask(id)
    world.answer(ids[0], "reject", reason="not ours")
    world.answer(ids[1], "retrieve")
    assert world.answer(ids[2], "reject", reason="").ask_again
    found = judged(world, *ids, run=Instance("export_things", f"run {world.runs}", "report"))
    assert found.bad == []
    assert found.counts == {"rejected": 1, "retrieved": 1, "asked again": 1, "not_ready": 1}
    assert found.summary.count("1 not ready") == 1


@pytest.mark.parametrize("fault", ["never", "killed before"])
def test_a2_what_is_on_its_way_without_a_task_is_red(world: World, fault: str) -> None:
    id = world.accept("r1")
    world.spectrum.faults = [fault]  # type: ignore[list-item]
    with suppress(Unsettled, Kill):
        world.send(id)
    found = judged(world, id)
    assert len(found.bad) == 1
    assert "no task is sending it any more" in found.bad[0]
    assert found.counts == {"unknown" if fault == "never" else "sending": 1}


def test_a2_what_another_task_is_sending_leaves_the_run_green(world: World) -> None:
    id = world.accept("r1")
    world.spectrum.faults = ["never"]
    with suppress(Unsettled):
        world.send(id)
    other = Instance("export_things", "another run", "report")
    assert judged(world, id, run=other, sends=True).bad == [], "its task waits for the settle time"
    assert judged(world, id, run=other, sends=False).bad
    with record_lock(world.url, "things", id):
        assert judged(world, id).bad == [], "somebody holds its lock"


def test_a2_a_record_that_was_to_be_asked_about_and_was_not_is_red_and_says_so(world: World) -> None:
    """The task that asks failed before its question: the record is ready, and nobody hears of it."""
    id = world.add("r1")
    world.collect()
    for tasks in (("failed", "skipped"), ("failed", "failed"), ("success", "failed"), ("upstream_failed", None)):
        found = judged(world, id, states={0: tasks})
        assert found.bad == [f"Thing r1 of company 1 is ready: {why.NOT_ASKED.message}"], tasks
        row = world.row(id)
        assert row is not None
        assert (row.state, row.why, row.run_id) == ("ready", why.NOT_ASKED, RUN.run_id)
    for tasks in (("failed", "success"), ("success", "skipped"), ("skipped", "skipped")):
        assert judged(world, id, states={0: tasks}).bad == [], tasks
    world.collect()
    world.ask(id)
    shown = world.row(id)
    assert shown is not None
    assert shown.shown is not None
    assert shown.shown["complete"] is True, "nothing is wrong with it"


def test_a2_a_record_that_waits_for_a_task_that_has_ended_is_red_and_asked_by_the_next_run(world: World) -> None:
    id = world.add("r1")
    world.collect()
    world.ask(id)
    assert judged(world, id).bad == []
    assert judged(world, id, waits=False).bad == [f"Thing r1 of company 1 is waiting: {why.NOT_ASKED.message}"]
    assert [row.id for row in world.collect().chosen] == [id]


def test_a2_a_run_that_collected_nothing_is_green_and_one_whose_collect_failed_is_red(world: World) -> None:
    tasks = Tasks(lambda _: True, lambda _: False, lambda _: (None, None))
    nothing = report(world.url, "things", RUN, [], tasks)
    assert (nothing.bad, nothing.summary, nothing.table) == ([], "no record", "no record")
    assert "collect has failed" in report(world.url, "things", RUN, None, tasks).problem


def test_a2_records_that_the_list_of_the_run_does_not_name_are_judged_too(world: World) -> None:
    """What walks between tasks can be edited; the warehouse knows what was answered in a run, and what it changed."""
    id = world.accept("r1")
    world.spectrum.faults = ["refused"]
    world.send(id)
    asked = Instance("export_things", f"run {world.runs}", "report")
    tasks = Tasks(lambda _: True, lambda _: False, lambda _: (None, None))
    for run in (RUN, asked):
        assert len(report(world.url, "things", run, [], tasks).bad) == 1


def test_a2_a_record_that_a_passing_fault_left_on_its_way_names_the_run_that_left_it(world: World) -> None:
    """Whatever run accepted it: the notifier tells of the run that fails."""
    id = world.accept("r1")
    world.procore.mark_faults = [RetryLater("Procore is busy")]
    with suppress(RetryLater):
        world.send(id)
    world.time += timedelta(hours=1)
    row = world.row(id)
    assert row is not None
    assert (row.state, row.run_id) == ("confirmed", "run of send")
    assert "Procore is busy" in judged(world, id).bad[0]
