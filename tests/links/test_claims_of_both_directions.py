"""N3, A1: one claim for both directions: a key of Spectrum and a Procore record belong to whoever was first."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from spectrum_etl.errors import FixRecord
from spectrum_etl.links import claims, pairs, planned
from spectrum_etl.links.claims import Owner, Taken
from spectrum_etl.links.keys import Key
from spectrum_etl.links.planned import Planned
from spectrum_etl.model.record import RecordId
from spectrum_etl.warehouse.migrate import migrate
from stack.postgres import EmbeddedPostgres

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
LIVING = "select record_id, spectrum_key, how from export.links where unlinked_at is null"


@pytest.fixture(scope="module")
def url(postgres: EmbeddedPostgres) -> Iterator[str]:
    name = "claims_of_both_directions"
    url = postgres.create_database(name)
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection)
    yield url
    postgres.drop_database(name)


@pytest.fixture
def warehouse(url: str) -> Iterator[psycopg.Connection]:
    """A warehouse without claims and links."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("truncate export.claims, export.links")
        yield connection


def export(connection: psycopg.Connection, record: str, key: str) -> None:
    owner = Owner("vendors", "1", "", record, f"Company {record}")
    claims.claim(
        connection,
        owner,
        [Key("vendor", key)],
        attempt_id=None,  # type: ignore[arg-type]
        by="ann",
        by_name="Ann",
        at=AT,
    )


def accept(connection: psycopg.Connection, *rows: Planned) -> dict[int, claims.Claim]:
    with connection.transaction():
        return planned.claim(connection, "vendors", "1", "vendor", rows, by="bob", by_name="Bob")


def link(connection: psycopg.Connection, *rows: Planned) -> set[int]:
    with connection.transaction():
        return planned.link(connection, "vendors", "1", rows, "bob")


def held(connection: psycopg.Connection) -> list[tuple[Any, ...]]:
    return connection.execute("select key, record_id, linked, plan_row_id from export.claims order by key").fetchall()


def test_n3_a_key_that_an_export_claims_is_not_imported(warehouse: psycopg.Connection) -> None:
    export(warehouse, "35", "ACME")
    taken = accept(warehouse, Planned(1, " acme ", "", "Acme"), Planned(2, "BOLT", "", "Bolt"))
    assert {row: claim.owner.record for row, claim in taken.items()} == {1: "35"}
    assert [row[0] for row in held(warehouse)] == ["ACME", "BOLT"]


def test_n3_a_record_that_an_export_claims_is_not_linked_to_another_key(warehouse: psycopg.Connection) -> None:
    export(warehouse, "35", "NEWCODE")
    taken = accept(warehouse, Planned(1, "ACME", "35", "Acme"))
    assert taken[1].key.text == "NEWCODE"
    assert [row[0] for row in held(warehouse)] == ["NEWCODE"]


def test_a1_a_record_that_a_plan_will_link_is_not_exported_under_another_key(warehouse: psycopg.Connection) -> None:
    accept(warehouse, Planned(7, "ACME", "35", "Acme"))
    with pytest.raises(Taken, match=r"vendor ACME belongs to Acme .*accepted into Procore by Bob"):
        export(warehouse, "35", "NEWCODE")
    assert held(warehouse) == [("ACME", "35", False, 7)], "the plan's claim stays as it was"


def test_a1_a_key_that_a_plan_will_create_is_not_exported(warehouse: psycopg.Connection) -> None:
    accept(warehouse, Planned(7, "ACME", "", "Acme"))
    with pytest.raises(Taken, match="new in Procore"):
        export(warehouse, "99", "acme")
    own = Owner("vendors", "1", "", "", "")
    assert [claim.planned for claim in claims.holders(warehouse, own, [Key("vendor", "ACME")])] == [True]


def test_a1_a_link_by_hand_gives_way_to_an_accepted_row(warehouse: psycopg.Connection) -> None:
    accept(warehouse, Planned(7, "ACME", "35", "Acme"))
    owner = Owner("vendors", "1", "", "35", "Company 35")
    assert [claim.owner.title for claim in claims.holders(warehouse, owner, [Key("vendor", "OTHER")])] == ["Acme"]
    with pytest.raises(FixRecord):
        claims.keep(warehouse, owner, Key("vendor", "OTHER"), attempt_id=None, by="ann")


def test_n3_two_rows_never_lead_to_one_record(warehouse: psycopg.Connection) -> None:
    taken = accept(warehouse, Planned(1, "ACME", "35", "Acme"), Planned(2, "ACME2", "35", "Acme again"))
    assert list(taken) == [2]
    assert accept(warehouse, Planned(3, "ACME3", "35", "Acme"))[3].owner.title == "Acme"


def test_n3_what_was_accepted_twice_is_claimed_once_and_what_was_taken_back_is_free(
    warehouse: psycopg.Connection,
) -> None:
    row = Planned(1, "ACME", "35", "Acme")
    assert accept(warehouse, row) == accept(warehouse, row) == {}
    planned.release(warehouse, [1])
    assert held(warehouse) == []
    export(warehouse, "35", "ACME")


def test_n3_what_was_linked_by_an_import_is_a_link_like_any_other(warehouse: psycopg.Connection) -> None:
    rows = (Planned(1, "ACME", "35", "Acme"), Planned(2, "BOLT", "", "Bolt"))
    accept(warehouse, *rows)
    created = (rows[0], Planned(2, "BOLT", "36", "Bolt"))
    assert link(warehouse, *created) == link(warehouse, *created) == set(), "again after a kill"
    assert sorted(warehouse.execute(LIVING).fetchall()) == [("35", "ACME", "import"), ("36", "BOLT", "import")]
    assert held(warehouse) == [("ACME", "35", True, None), ("BOLT", "36", True, None)]
    with pytest.raises(Taken):
        export(warehouse, "37", "ACME")
    with warehouse.transaction():  # as unlink_export does
        pairs.end(warehouse, "vendors", RecordId("1", "", "35"), "ann")
        claims.release(warehouse, Owner("vendors", "1", "", "35", ""), linked=True)
    export(warehouse, "37", "ACME")


def test_n3_a_record_that_somebody_linked_meanwhile_is_not_linked_again(warehouse: psycopg.Connection) -> None:
    accept(warehouse, Planned(1, "ACME", "", "Acme"))
    pairs.write_by_hand(warehouse, "vendors", RecordId("1", "", "36"), "OTHER", "ann")
    assert link(warehouse, Planned(1, "ACME", "36", "Acme")) == {1}
    assert held(warehouse) == [("ACME", "", False, 1)], "a person must look: the claim stays"


@pytest.mark.parametrize("first", ["import", "export"])
def test_a1_of_both_directions_in_the_same_moment_the_first_one_wins(
    warehouse: psycopg.Connection, url: str, first: str
) -> None:
    outcomes: list[str] = []

    def second() -> None:
        with psycopg.connect(url, autocommit=True) as other:
            if first == "import":
                try:
                    export(other, "35", "NEWCODE")
                except Taken:
                    outcomes.append("taken")
            elif accept(other, Planned(1, "ACME", "35", "Acme")):
                outcomes.append("taken")

    with warehouse.transaction():
        if first == "import":
            assert accept(warehouse, Planned(1, "ACME", "35", "Acme")) == {}
        else:
            export(warehouse, "35", "NEWCODE")
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        assert outcomes == [], "it waits for the first to commit"
    thread.join(30)
    assert outcomes == ["taken"]
    assert len(held(warehouse)) == 1


def test_n3_ten_thousand_rows_are_claimed_at_once(warehouse: psycopg.Connection) -> None:
    rows = [Planned(n, f"V{n}", str(n) if n % 2 else "", f"Vendor {n}") for n in range(1, 10_001)]
    assert accept(warehouse, *rows) == {}
    assert warehouse.execute("select count(*) from export.claims").fetchone() == (10_000,)
