"""A1: claims as the warehouse holds them: one owner a key, however it is spelled and whoever asks at the same time."""

from __future__ import annotations

import logging
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest

from spectrum_etl.errors import FixRecord, RetryLater
from spectrum_etl.exports.document import Call, Document
from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.records.settling import Unsettled
from spectrum_etl.exports.spec import RecordFilter
from spectrum_etl.exports.steps.ask import Question
from spectrum_etl.exports.steps.take_out import take_out
from spectrum_etl.exports.steps.unlink import unlink
from spectrum_etl.links import claims
from spectrum_etl.links.claims import Owner, Taken
from spectrum_etl.links.keys import Key
from spectrum_etl.model.record import RecordId
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate
from stack.postgres import EmbeddedPostgres
from stack.postgres_files import wheel_programs
from tests.exports.steps.exports_world import OBJECT, World, place

VENDORS = "select record_id, linked, duplicate from export.claims where space = 'vendor'"
ATTEMPTS = "select 1 from export.ledger limit 1"
AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
#: The migration knows the real objects' names.
VENDOR = replace(OBJECT, name="vendors")


def owner(record: str, object_name: str = "commitment_change_orders") -> Owner:
    return Owner(object_name, "1", "p1", record, f"Change order {record}")


def claim(world: World, who: Owner, *keys: Key) -> None:
    with connect(world.url) as connection:
        connection.autocommit = True
        number = connection.execute("select max(attempt_id) from export.ledger").fetchone()
        attempt = number[0] if number and number[0] else None
        claims.claim(connection, who, keys, attempt_id=attempt, by="ann", by_name="Ann", at=AT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("space", "first", "second"),
    [
        ("vendor", "V1015", " v1015 "),
        ("job", "24-404", "24-404"),
        ("change request", "24-404/95", "24-404/0095"),
        ("change request", "24-404/S001", "24-404 / s001"),
        ("subcontract", "ACME/Größe 1", "acme/GRÖßE  1"),
        ("phase", "24-404/015400", "24-404/015400"),
    ],
)
def test_keys_that_spectrum_or_a_person_would_read_as_one_are_one(world, space, first, second):
    claim(world, owner("1"), Key(space, first))
    with pytest.raises(Taken, match=r"Change order 1 .*accepted by Ann on 2026-09-01 at 08:00 UTC"):
        claim(world, owner("2"), Key(space, second))
    with pytest.raises(Taken):
        claim(world, owner("1", "budget_changes"), Key(space, second))


@pytest.mark.parametrize(
    ("space", "first", "second"),
    [
        ("vendor", "0095", "95"),
        ("change request", "24-404/95", "24-405/95"),
        ("change request", "24-404/95", "24-404/950"),
        ("subcontract", "ACME/1", "ACME/01"),
    ],
)
def test_other_keys_are_others(world, space, first, second):
    claim(world, owner("1"), Key(space, first))
    claim(world, owner("2"), Key(space, second))


def test_spaces_and_companies_are_apart(world):
    claim(world, owner("1"), Key("job", "24-404"))
    claim(world, owner("2"), Key("budget", "24-404"))
    claim(world, replace(owner("3"), company="2"), Key("job", "24-404"))


def test_all_keys_of_a_document_are_claimed_or_none(world):
    claim(world, owner("1"), Key("phase", "J/2"))
    with pytest.raises(Taken, match="phase 2 of job J belongs to Change order 1"):
        claim(world, owner("2"), *(Key("phase", f"J/{n}") for n in range(1, 5)))
    assert world.query("select record_id, key from export.claims") == [("1", "J/2")]


def test_what_a_record_claimed_before_is_free_when_it_claims_again(world):
    claim(world, owner("1"), Key("vendor", "A"))
    claim(world, owner("1"), Key("vendor", "B"))
    claim(world, owner("2"), Key("vendor", "A"))
    assert world.query("select record_id, key from export.claims order by 1") == [("1", "B"), ("2", "A")]


@pytest.mark.parametrize("first_ends", ["commits", "rolls back"])
def test_who_comes_second_waits_for_the_first_to_commit_and_no_longer(world, first_ends):
    """In the middle of the transaction that records an answer."""
    outcomes, begun = [], threading.Event()

    def second() -> None:
        begun.set()
        try:
            claim(world, owner("2"), Key("vendor", "acme"))
            outcomes.append("claimed")
        except Taken as taken:
            outcomes.append(taken.claim.owner.record)

    with psycopg.connect(world.url) as connection:
        connection.execute("select 1")  # in a transaction
        claims.claim(connection, owner("1"), [Key("vendor", "ACME")], attempt_id=None, by="a", by_name="A", at=AT)
        thread = threading.Thread(target=second)
        thread.start()
        begun.wait(10)
        thread.join(0.3)
        assert outcomes == [], "it cannot know yet"
        connection.commit() if first_ends == "commits" else connection.rollback()
    thread.join(30)
    assert outcomes == ["1" if first_ends == "commits" else "claimed"]


def test_of_many_that_claim_the_same_at_once_one_gets_it(world):
    outcomes: list[str] = []
    start = threading.Barrier(8, timeout=30)

    def run(number: int) -> None:
        start.wait()
        try:
            claim(world, owner(str(number)), *(Key("phase", f"J/{n}") for n in range(20)))
            outcomes.append("claimed")
        except (Taken, RetryLater) as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["Taken"] * 7 + ["claimed"]
    assert world.query("select count(*), count(distinct record_id) from export.claims") == [(20, 1)]


DOCUMENTS = {
    "vendors": (Document("ACME", ()), {("vendor", "ACME")}),
    "jobs": (
        Document(
            "24-404",
            (
                Call("AddJob", {"Company_Code": "1", "Job_Number": "24-404"}, {}, adds=True),
                Call("AddPhase", {"Job_Number": "24-404", "Phase_Code": "015400", "Cost_Type": "L"}, {}, adds=True),
                Call("AddPhase", {"Job_Number": "24-404", "Phase_Code": "015400", "Cost_Type": "M"}, {}, adds=True),
            ),
        ),
        {("job", "24-404"), ("phase", "24-404/015400")},
    ),
    "budgets": (
        Document(
            "24-404",
            (Call("AddPhase", {"Job_Number": "24-404", "Phase_Code": "09", "Cost_Type": "L"}, {}, adds=False),),
        ),
        {("budget", "24-404"), ("phase", "24-404/09")},
    ),
    "budget_changes": (Document("24-404/BC1", ()), {("change request", "24-404/BC1")}),
    "commitments": (Document("ACME/S-1", ()), {("subcontract", "ACME/S-1")}),
    "commitment_change_orders": (Document("24-404/1", ()), {("change request", "24-404/1")}),
    "prime_contract_change_orders": (Document("24-404/2", ()), {("change request", "24-404/2")}),
    "forecasts": (
        Document(
            "24-404",
            (Call("JobCostProjections", {"Job_Number": "24-404", "Transaction_Date": "09/01/2026"}, {}, adds=False),),
        ),
        {("forecast", "24-404"), ("projection", "24-404/2026-09-01")},
    ),
}


def test_every_object_says_what_it_claims():
    assert set(DOCUMENTS) == set(EXPORTS)
    for name, (document, wanted) in DOCUMENTS.items():
        keys = EXPORTS[name].keys(document)
        assert {(key.space, key.text) for key in keys} == wanted, name
        assert all(key.in_words for key in keys)


@pytest.fixture
def older(postgres: EmbeddedPostgres, world: World) -> Iterator[World]:
    """A warehouse that a test fills, backs up, and goes on with as `copied` or `restored` gives it."""
    yield world
    postgres.drop_database("exports_restored")
    with connect(world.url) as connection:  # the next test gets it whole
        connection.autocommit = True
        migrate(connection)


def copied(postgres: EmbeddedPostgres, world: World) -> World:
    """The warehouse out of a backup; Procore and Spectrum are those of before."""
    url, tools = postgres.create_database("exports_restored"), wheel_programs()
    backup = subprocess.run([tools / "pg_dump", "--format=custom", world.url], check=True, capture_output=True)
    subprocess.run([tools / "pg_restore", "--dbname", url], input=backup.stdout, check=True, capture_output=True)
    now = World(url)
    now.spectrum, now.procore, now.time, now.runs = world.spectrum, world.procore, world.time, world.runs
    return now


def forget_that_links_are_compared(world: World) -> None:
    """Links as before they were unique as Spectrum compares codes."""
    world.query("drop index export.links_as_compared")
    world.query("alter table export.links drop column clash, drop column note")
    world.query(
        "create unique index links_of_spectrum on export.links (object_name, company_code, spectrum_key)"
        " where unlinked_at is null"
    )
    world.query("delete from sync.migrations where name = '015_links_as_spectrum_compares.sql'")


def restored(postgres: EmbeddedPostgres, world: World, migrations: int = 3) -> World:
    """A backup of the version before there were claims, restored, and brought up to date as the next run does it."""
    world.query("drop table export.claims, export.continuity")
    world.query("drop function export.compared")
    world.query(
        "delete from sync.migrations where name in ('014_claims.sql', '040_claims_of_imports.sql', '056_restored.sql')"
    )
    now = copied(postgres, world)
    with connect(now.url) as connection:
        connection.autocommit = True
        assert migrate(connection) == migrations
        assert migrate(connection) == 0
    assert now.query("select noticed_at is null from export.continuity") == [(not world.query(ATTEMPTS),)]
    now.query("update export.continuity set noticed_at = null")
    return now


def accepted(world: World, record: str, code: str) -> RecordId:
    """Accepted by the version before claims: nothing stands in its way."""
    id = world.add(record)
    world.collect(record, obj=VENDOR)
    assert isinstance(world.ask(id, obj=VENDOR), Question)
    world.query("delete from export.claims")
    assert world.answer(id, obj=VENDOR, code=code).state == "sending"
    return id


def row(world: World, id: RecordId) -> tuple[str, str]:
    [found] = world.query("select state, coalesce(reason, '') from export.queue where record_id = %s", id.record)
    return found


def test_a_warehouse_with_two_accepted_under_one_number_goes_on_with_the_first(postgres, older):
    first, second = accepted(older, "r1", "DUP"), accepted(older, "r2", "dup")
    world = restored(postgres, older)
    assert row(world, first)[0] == "sending"
    state, reason = row(world, second)
    assert state == "failed"
    assert reason.startswith("two records were accepted under one number: ")
    assert "vendor dup is that of Thing r1" in reason
    assert world.query(f"{VENDORS} order by claim_id") == [("r1", False, False), ("r2", False, True)]
    assert world.send(first, obj=VENDOR).state == "linked"
    world.collect("r2", obj=VENDOR)
    assert isinstance(world.ask(second, obj=VENDOR), Question)
    assert world.answer(second, obj=VENDOR, code="OTHER").state == "sending"
    assert world.send(second, obj=VENDOR).state == "linked"
    assert [count for count in world.spectrum.executed.values()] == [1] * 4


def stuck(world: World) -> tuple[RecordId, RecordId]:
    """One is linked, and the other is read back and can never be: as `DUP-2` was found."""
    first = accepted(world, "r1", "DUP")
    assert world.send(first, obj=VENDOR).state == "linked"
    second = accepted(world, "r2", "dup")
    world.procore.mark_faults = [RetryLater("busy")]
    with pytest.raises(RetryLater):
        world.send(second, obj=VENDOR)
    assert row(world, second)[0] == "confirmed"
    return first, second


def test_a_record_that_was_stuck_in_confirmed_has_ways_out(postgres, older, caplog):
    first, second = stuck(older)
    world = restored(postgres, older)
    state, reason = row(world, second)
    assert (state, "vendor dup is that of Thing r1" in reason) == ("failed", True)
    assert world.query(f"{VENDORS} order by claim_id") == [
        ("r1", True, False),
        ("r2", False, True),
    ]
    with caplog.at_level(logging.WARNING):
        assert world.collect("r2", obj=VENDOR).chosen == []
    assert "two records have one number: vendor dup belongs to Thing r2" in caplog.text
    assert "vendor DUP belongs to Thing r1" in caplog.text
    state, reason = row(world, second)
    assert (state, "sending it was stopped: vendor DUP belongs to Thing r1" in reason) == ("failed", True)
    world.spectrum.held_now.pop(place("AddVendor", {"Company_Code": "1", "Vendor_Code": "DUP"}))
    unlink(world.systems, VENDOR, first.record, "otto")
    assert [each.state for each in world.collect("r2", obj=VENDOR).chosen] == ["sending"]
    assert world.send(second, obj=VENDOR).state == "linked"
    assert world.query("select record_id, linked, duplicate from export.claims") == [("r2", True, False)]


def test_a_record_that_was_stuck_is_taken_out(postgres, older):
    _, second = stuck(older)
    world = restored(postgres, older)
    take_out(world.systems, VENDOR, RecordFilter(records=("r2",)), "otto", "run")
    assert row(world, second)[0] == "retrieved"
    assert world.query("select record_id from export.claims") == [("r1",)]


def test_two_links_of_one_number_are_listed_and_the_other_has_it_once_one_has_ended(postgres, older):
    forget_that_links_are_compared(older)
    for record, code in (("r1", "v1015"), ("r2", "V1015")):
        older.query(
            "insert into export.links (object_name, company_code, project_id, record_id, spectrum_key, how, linked_by)"
            " values ('vendors', '1', 'p1', %s, %s, 'by hand', 'otto')",
            record,
            code,
        )
    world = restored(postgres, older, migrations=4)
    with connect(world.url) as connection:
        [(one, other)] = claims.duplicates(connection, "1")
    assert (one.owner.record, other.owner.record) == ("r2", "r1")
    third = world.add("r3")
    world.collect("r3", obj=VENDOR)
    world.ask(third, obj=VENDOR)
    assert world.answer(third, obj=VENDOR, code="v1015").state == "ready"
    unlink(world.systems, VENDOR, "r1", "otto")
    assert world.query("select record_id, duplicate from export.claims") == [("r2", False)]
    with connect(world.url) as connection:
        assert claims.duplicates(connection, "1") == []


def test_everything_that_is_open_or_linked_is_claimed_when_claims_are_introduced(postgres, older):
    """Failed ones as long as Spectrum may hold a part of them; phases and projections, too."""
    linked = accepted(older, "r1", "A")
    older.send(linked, obj=VENDOR)
    accepted(older, "r2", "B")
    refused, half = accepted(older, "r3", "C"), accepted(older, "r4", "D")
    older.spectrum.faults = ["refused"]
    older.send(refused, obj=VENDOR)
    older.spectrum.faults = ["", "refused"]
    older.send(half, obj=VENDOR)
    forecast = accepted(older, "r5", "E")
    older.query(
        'update export.calls set service = \'JobCostProjections\', key = key || \'{"Job_Number": "24-404",'
        ' "Transaction_Date": "09/01/2026"}\' where attempt_id = (select max(attempt_id) from export.ledger)'
    )
    world = restored(postgres, older)
    assert row(world, forecast)[0] == "sending"
    assert world.query("select record_id, space, key, linked, duplicate from export.claims order by 1, 2, 3") == [
        ("r1", "vendor", "A", True, False),
        ("r2", "phase", "B/1", False, False),
        ("r2", "vendor", "B", False, False),
        ("r4", "phase", "D/1", False, False),
        ("r4", "vendor", "D", False, False),
        ("r5", "projection", "24-404/2026-09-01", False, False),
        ("r5", "vendor", "E", False, False),
    ]


def test_a_restored_warehouse_keeps_what_was_claimed_when_it_was_backed_up(postgres, older):
    """The sender died with the server; the restored warehouse knows whose the number is."""
    first = older.accept("r1")
    world = copied(postgres, older)
    second = world.add("r2")
    world.collect("r2")
    world.ask(second)
    outcome = world.answer(second, code="CR1")
    assert (outcome.state, outcome.ask_again) == ("ready", True)
    assert "Thing r1" in outcome.reason
    with pytest.raises(Unsettled, match="restarted, restored or taken over by another server") as waits:
        world.send(first)
    world.time = waits.value.until
    assert world.send(first).state == "linked"


def test_what_is_linked_by_hand_is_taken_and_what_is_taken_is_not_linked_by_hand(world):
    from spectrum_etl.exports.steps.link import link

    world.accept("r1")
    other = world.add("r2", project={})
    world.spectrum.held_now[place("AddVendor", {"Company_Code": "1", "Vendor_Code": "cR1"})] = {}
    world.spectrum.held_now[place("AddVendor", {"Company_Code": "1", "Vendor_Code": "OLD"})] = {}
    with pytest.raises(FixRecord, match="vendor Cr1 belongs to Thing r1"):
        link(world.systems, OBJECT, other, "cR1", "otto")
    assert world.procore.marks == {}
    link(world.systems, OBJECT, other, "OLD", "otto")
    third = world.add("r3")
    world.collect("r3")
    world.ask(third)
    world.spectrum.held_now.pop(place("AddVendor", {"Company_Code": "1", "Vendor_Code": "OLD"}))
    outcome = world.answer(third, code="old")
    assert "vendor OLD belongs to Thing r2 (things, Procore id r2), linked by otto" in outcome.reason
