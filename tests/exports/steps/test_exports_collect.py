"""Collecting: every rule is shown, nothing is asked twice, nothing is forgotten, and it stays small."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.exports.steps.ask import NotAsked, Question
from spectrum_etl.exports.steps.preview import preview
from spectrum_etl.orchestration.export_tasks import as_items
from spectrum_etl.orchestration.grid import grid_name
from spectrum_etl.settings import Settings
from tests.exports.steps.exports_world import OBJECT, World


def test_a_record_is_shown_with_every_rule_that_it_breaks(world: World):
    id = world.add("r1", name="", lines=["x"] * 10)
    found = world.collect()
    assert (found.seen, found.not_ready, found.chosen) == (1, 1, [])
    (row,) = world.query("select state, broken, broken_text from export.queue")
    assert row[0] == "not_ready"
    assert [rule["rule"] for rule in row[1]] == ["G1", "G2"]
    assert set(row[1][0]) == {"rule", "field", "value", "message", "fix"}
    assert "G2: Thing r1 has 10 lines; at most 9. What to do: divide it." in row[2]
    world.procore.records["r1"].update(name="Acme", lines=[])
    assert [row.id for row in world.collect().chosen] == [id]
    assert world.query("select state, broken, broken_text from export.queue") == [("ready", [], None)]


def test_records_that_procore_no_longer_offers_leave_the_queue(world: World):
    world.add("r1")
    world.add("r2", name="")
    world.collect()
    del world.procore.records["r1"], world.procore.records["r2"]
    assert world.collect("r1").gone == 1  # a narrowed run takes out only what it looked at
    assert world.collect().gone == 1
    assert world.query("select 1 from export.queue") == []


def test_a_run_is_capped_and_the_next_one_takes_who_waited_longest(world: World):
    ids = [world.add(f"r{n}") for n in range(5)]
    first = world.collect(most=2)
    assert ([row.id for row in first.chosen], first.left) == (ids[:2], 3)
    assert "this run takes 2, 3 wait for the next one" in first.summary
    for id in ids[:2]:
        world.ask(id)
    second = world.collect(most=2)
    assert ([row.id for row in second.chosen], second.left) == (ids[2:4], 1)
    assert [world.state(id) for id in ids] == ["waiting", "waiting", "ready", "ready", "queued"]


def test_decisions_are_left_alone_unless_the_form_names_the_record(world: World):
    rejected, retrieved, linked = world.add("r1"), world.add("r2"), world.accept("r3")
    world.send(linked)
    world.collect()
    for id, decision in ((rejected, "reject"), (retrieved, "retrieve")):
        world.ask(id)
        world.answer(id, decision, reason="not ours")
    assert world.collect().chosen == []
    assert [row.id for row in world.collect("r1", "r2", "r3").chosen] == [rejected, retrieved]
    assert world.state(linked) == "linked"


def test_a_narrowed_run_takes_nothing_that_another_run_collects_meanwhile(world: World):
    named, _other = world.add("r1"), world.add("r2")

    def slowly(*arguments: Any) -> Iterator[Any]:
        assert [row.id.record for row in world.collect("r2").chosen] == ["r2"]
        yield from OBJECT.collect(*arguments)

    assert [row.id for row in world.collect("r1", obj=replace(OBJECT, collect=slowly)).chosen] == [named]


def test_a_waiting_record_is_freed_when_its_task_instance_waits_no_more(world: World):
    id = world.add("r1")
    world.collect()
    world.ask(id)
    asked = []
    assert world.collect(waits=lambda instance: asked.append(instance) or True).chosen == []
    assert asked[0].place == ("export_things", "run 1", "record.approve", 0)
    assert world.collect("r2", waits=lambda instance: False).chosen == []
    assert world.state(id) == "waiting", "a narrowed run would not ask anew"
    freed = world.collect(waits=lambda instance: False)
    assert [row.id for row in freed.chosen] == [id]
    row = world.row(id)
    assert row is not None
    assert (row.state, row.asks) == ("ready", None)


def test_what_was_accepted_and_not_finished_is_taken_up_by_the_next_run(world: World):
    id = world.accept("r1")
    ready = world.add("r2")
    assert [row.id for row in world.collect().chosen] == [id, ready]
    found = world.ask(id)
    assert isinstance(found, NotAsked)
    assert found.goes_on
    assert world.send(id).state == "linked"


def test_an_object_that_may_be_exported_again_is_offered_when_it_differs(world: World):
    again = replace(OBJECT, again=True, form_rules=())
    id = world.accept("r1", lines=[])
    world.send(id)
    assert world.collect(obj=again).chosen == []
    world.procore.records["r1"]["note"] = "NEW"
    assert world.collect().chosen == []
    assert [row.id for row in world.collect(obj=again).chosen] == [id]


def test_what_offers_nothing_new_stays_out_of_the_queue(world: World):
    world.add("r1")
    found = world.collect(obj=replace(OBJECT, offers=lambda candidate, context: False))
    assert (found.seen, found.chosen) == (0, [])
    assert world.query("select 1 from export.queue") == []


def test_without_approvers_nothing_is_collected(world: World):
    world.settings = Settings.model_validate({"companies": [world.settings.companies[0].model_dump()]})
    with pytest.raises(FixConfiguration, match=r"exports\.approvers"):
        world.collect()


def test_a_dry_run_shows_what_would_be_written(world: World):
    world.add("r1", lines=["one"], note="N")
    found = world.collect()
    shown = preview(world.systems, OBJECT, found.chosen)
    for part in ("Thing r1", "AddVendor, Vendor_Code Cr1", "Vendor_Name", "(nothing)", "Acme", "AddPhase", "one"):
        assert part in shown
    assert world.spectrum.calls == 0
    assert world.state(world.id("r1")) == "ready"


def test_b10_names_in_the_grid_are_cut_and_what_is_kept_is_not(world: World):
    """Airflow keeps 250 characters of a name, and fails a task with a longer one after its work was done."""
    id = world.add("r" * 300)
    world.collect()
    row = world.row(id)
    assert row is not None
    assert row.title == f"Thing {'r' * 300}"
    (item,) = as_items([row])
    assert (item["record"], item["title"]) == ("r" * 300, f"Thing {'r' * 193}…")
    assert grid_name("r" * 200) == "r" * 200


def test_ten_thousand_records_of_which_none_is_ready(world: World):
    """At most 60 s and 300 MB, Procore's own time apart."""
    for n in range(10_000):
        world.add(f"r{n}", name="", lines=["x"] * 12)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    found = world.collect(most=500)
    seconds = time.monotonic() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"\n10,000 records, none ready: {seconds:.1f} s, {grown:.0f} MB more than before")
    assert (found.seen, found.not_ready) == (10_000, 10_000)
    assert seconds < 30
    assert grown < 100
    assert isinstance(world.ask(world.id("r1")), NotAsked | Question)
