"""Unlinking (G6), drift after the export (G5), links, and the roles of the schema."""

from __future__ import annotations

import psycopg
import pytest

from spectrum_etl.errors import FixRecord, RetryLater, StopSync
from spectrum_etl.exports.records.locks import record_lock
from spectrum_etl.exports.steps.frozen import report_drift
from spectrum_etl.exports.steps.unlink import unlink
from spectrum_etl.links import pairs as links
from spectrum_etl.links.pairs import Links
from spectrum_etl.sources.faults import NotAllowed
from spectrum_etl.warehouse.connect import connect
from tests.exports.steps.exports_world import OBJECT, World


def linked(world: World, record: str = "r1"):
    id = world.accept(record)
    assert world.send(id).state == "linked"
    return id


def test_a_record_that_spectrum_still_holds_is_not_unlinked(world: World):
    id = linked(world)
    with pytest.raises(FixRecord, match="still holds Cr1"):
        unlink(world.systems, OBJECT, "r1", "admin")
    assert world.procore.marks == {"r1": "Cr1"}
    assert world.state(id) == "linked"


def test_g6_a_record_that_is_gone_is_unlinked_on_both_sides_and_may_be_exported_anew(world: World):
    id = linked(world)
    world.spectrum.held_now.clear()
    with record_lock(world.url, "things", id), pytest.raises(RetryLater, match="being exported"):
        unlink(world.systems, OBJECT, "r1", "admin")
    assert unlink(world.systems, OBJECT, "r1", "admin") == "Cr1"
    assert world.procore.marks == {}
    assert world.state(id) is None
    assert world.query("select unlinked_by, unlinked_at is not null from export.links") == [("admin", True)]
    with pytest.raises(FixRecord, match="not linked"):
        unlink(world.systems, OBJECT, "r1", "admin")
    assert world.send(world.accept("r1")).state == "linked"


def test_links_are_one_to_one(world: World):
    linked(world)
    other = world.id("r2")
    with connect(world.url) as connection:
        for id, key in ((other, "Cr1"), (world.id("r1"), "OTHER")):
            with pytest.raises(StopSync, match="is linked to Cr1 already"):
                links.write(connection, "things", id, key, attempt_id=1, content={}, fingerprint="", by="x")
    known = Links(world.url)
    assert known.spectrum_key("things", "1", "r1") == "Cr1"
    assert known.procore_record("things", "1", "Cr1") == "r1"
    assert known.spectrum_key("things", "2", "r1") is None


def test_g5_what_procore_changed_after_the_export_is_reported_until_it_is_corrected(world: World):
    linked(world)
    linked(world, "r2")
    assert report_drift(world.systems, OBJECT) == 0
    world.procore.records["r1"].update(name="Other", note="may change")
    del world.procore.records["r2"]
    for _ in range(2):
        assert report_drift(world.systems, OBJECT) == 2
    open_ones = "select record_id, field, exported, held from export.drift where resolved_at is null order by 1"
    assert world.query(open_ones) == [("r1", "name", "Acme", "Other"), ("r2", "record", "Cr2", None)]
    world.procore.records["r1"]["name"] = "Acme"
    world.spectrum.held_now.clear()
    unlink(world.systems, OBJECT, "r2", "admin")
    assert report_drift(world.systems, OBJECT) == 0
    assert world.query(open_ones) == []


def test_g5_what_procore_does_not_let_be_read_stops_no_other_and_stays_as_it_was_reported(world: World):
    for record in ("r1", "r2"):
        linked(world, record)
        world.procore.records[record]["name"] = "Other"
    assert report_drift(world.systems, OBJECT) == 2
    world.procore.hidden = {"r1"}
    world.procore.records["r2"]["name"] = "Acme"
    assert report_drift(world.systems, OBJECT) == 0
    assert world.query("select record_id from export.drift where resolved_at is null") == [("r1",)]
    world.procore.hidden = {"r1", "r2"}
    with pytest.raises(NotAllowed, match="may not read this"):
        report_drift(world.systems, OBJECT)


def test_g5_the_first_run_of_all_meets_a_warehouse_without_tables(warehouse_database: str):
    assert report_drift(World(warehouse_database).systems, OBJECT) == 0


def test_analysts_see_nothing_of_the_exports_and_approvers_read_them(world: World):
    linked(world)
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute("set role spectrum_analyst")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from export.queue")
        connection.execute("reset role")
        connection.execute("set role spectrum_approver")
        assert connection.execute("select state from export.queue").fetchall() == [("linked",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("update export.queue set state = 'ready'")


def test_every_table_and_column_of_the_exports_says_what_it_is(world: World):
    assert not world.query(
        "select c.relname, a.attname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace"
        " join pg_attribute as a on a.attrelid = c.oid and a.attnum >= 0 and not a.attisdropped"
        " where n.nspname = 'export' and c.relkind = 'r' and col_description(c.oid, a.attnum) is null"
    )
