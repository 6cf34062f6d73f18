"""O2: `check_connections` says which indexes the transactions have and whether the server tracks what changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from connections_world import COMPANY, World, settings

from spectrum_etl.connections import tracking
from spectrum_etl.connections.infolink import check_infolink
from spectrum_etl.connections.record import record
from spectrum_etl.connections.result import Fact
from spectrum_etl.sources.infolink.site import SiteTable
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.connect import connect

TRANSACTIONS, JOBS = "JC_TRANSACTION_HISTORY_MC", "JC_JOB_MASTER_MC"
SETTINGS = settings()


@pytest.fixture
def indexed(world: World) -> Iterator[World]:
    """The table of transactions with two indexes."""
    world.alter(f'create index ix_of_jobs on "{TRANSACTIONS}" ("Company_Code", "Job_Number")')
    world.alter(f'create index ix_of_dates on "{TRANSACTIONS}" ("Tran_Date_Text") include ("Tran_Amount")')
    yield world
    world.alter("drop index ix_of_jobs")
    world.alter("drop index ix_of_dates")


def facts(world: World) -> dict[tuple[str, str], str]:
    """What a check learned, by table and question."""
    found = check_infolink(COMPANY, world.infolink, SETTINGS)
    assert (found.status, found.findings) == ("Connected", ()), "it says what there is, and judges nothing"
    return {(fact.subject, fact.item): fact.fact for fact in found.facts}


def test_o2_indexes_of_the_transactions_and_tracking_of_every_staged_table(indexed: World) -> None:
    indexed.faults.set("infolink_change_tracking", TRANSACTIONS)
    indexed.faults.set("infolink_cdc", JOBS)
    found = facts(indexed)
    assert set(found[TRANSACTIONS, "indexes"].split("; ")) >= {
        "ix_of_jobs (nonclustered): Company_Code, Job_Number",
        "ix_of_dates (nonclustered): Tran_Date_Text (with Tran_Amount)",
    }
    assert [subject for subject, item in found if item == "indexes"] == [TRANSACTIONS]
    staged = {
        name
        for obj in OBJECTS.values()
        for table in obj.tables
        if table.infolink
        for name in table.infolink.tables.values()
    }
    for item, on in (("change tracking", TRANSACTIONS), ("change data capture", JOBS)):
        assert {subject for subject, asked in found if asked == item} == staged
        assert {name: found[name, item] for name in staged} == {name: "on" if name == on else "off" for name in staged}


def test_o2_a_table_without_indexes_has_none(world: World) -> None:
    with psycopg.connect(world.database, autocommit=True) as connection:
        made = connection.execute("select indexname, indexdef from pg_indexes where tablename = %s", [TRANSACTIONS])
        indexes = made.fetchall()
    for name, _ in indexes:
        world.alter(f'drop index "{name}"')
    try:
        assert facts(world)[TRANSACTIONS, "indexes"] == "none"
    finally:
        for _, definition in indexes:
            world.alter(definition)


@pytest.mark.parametrize("how", ["hidden", "refused"])
def test_o2_a_login_that_may_not_ask_is_told_so_and_is_connected(indexed: World, how: str) -> None:
    indexed.faults.set("infolink_metadata", how)
    found = facts(indexed)
    assert set(found.values()) == {"not known: the login may not ask"}
    assert (TRANSACTIONS, "indexes") in found


def test_o2_an_index_is_told_as_it_is_also_to_a_login_that_may_not_read_all_its_columns() -> None:
    """A part of a key that is left out would make it look like one that a query can use."""
    rows = [
        ("dbo", TRANSACTIONS, "IX_PAY", "NONCLUSTERED", True, False, 1, False, None),
        ("dbo", TRANSACTIONS, "IX_PAY", "NONCLUSTERED", True, False, 2, False, "Job_Number"),
        ("dbo", TRANSACTIONS, "IX_OFF", "CLUSTERED", False, True, 1, False, "Company_Code"),
        ("dbo", TRANSACTIONS, None, "HEAP", False, False, None, None, None),
    ]
    reader: Any = SimpleNamespace(rows=lambda *_: rows)
    assert tracking._indexes(reader, SiteTable(TRANSACTIONS, f"dbo.{TRANSACTIONS}", {})) == (
        "IX_PAY (nonclustered, unique): (a column that is not shown), Job_Number;"
        " IX_OFF (clustered, disabled): Company_Code"
    )


def test_o2_they_are_kept_until_the_next_check(world: World, database: str) -> None:
    found = check_infolink(COMPANY, world.infolink, SETTINGS)
    for fact in ("off", "on"):
        changed = replace(found, facts=(Fact("T", "change tracking", fact),))
        record(database, "Info-Link", "1", changed, SETTINGS, "run")
        with connect(database) as connection:
            rows = connection.execute("select subject, item, fact from sync.connection_facts").fetchall()
        assert rows == [("T", "change tracking", fact)]
