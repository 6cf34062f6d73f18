"""A1, N11: what an export is at work on waits in a plan, and no longer than that."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg

from spectrum_etl.links import claims
from spectrum_etl.links.claims import Owner
from spectrum_etl.links.keys import Key
from tests.imports.vendors.imports_world import World


def exported(world: World, record: int, key: str) -> None:
    """An approver of exports has accepted a company of Procore as a vendor."""
    owner = Owner("vendors", "1", "", str(record), f"Company {record}")
    with psycopg.connect(world.url, autocommit=True) as connection:
        claims.claim(
            connection, owner, [Key("vendor", key)], attempt_id=None, by="ann", by_name="Ann",  # type: ignore[arg-type]
            at=datetime(2026, 9, 1, tzinfo=UTC),
        )  # fmt: skip


def test_a1_what_an_export_is_at_work_on_waits(world: World) -> None:
    world.vendor("ACME", "Acme")
    world.vendor("BOLT", "Bolt")
    exported(world, world.company("Acme"), "NEW")
    exported(world, 7, "BOLT")
    world.plan()
    rows = world.rows()
    assert world.standing() == {"ACME": ("waits", "not ready"), "BOLT": ("waits", "not ready")}
    assert "is exported as NEW" in (rows["ACME"].reason or "")
    world.query("delete from export.claims")
    world.plan()
    assert world.standing() == {"ACME": ("link", "ready"), "BOLT": ("create", "ready")}


def test_a1_n11_a_row_that_an_export_took_a_moment_before_it_was_accepted_is_offered_again_when_that_ends(
    world: World,
) -> None:
    """When the export ends, all that the plan was made of is as it was before: the plan is made anew all the same."""
    world.vendor("ACME", "Acme")
    acme = world.company("Acme")
    world.plan()
    exported(world, acme, "NEW")
    world.decide("ACME")
    assert world.standing() == {"ACME": ("link", "not ready")}
    world.query("delete from export.claims")
    world.plan()
    assert world.standing() == {"ACME": ("link", "ready")}
