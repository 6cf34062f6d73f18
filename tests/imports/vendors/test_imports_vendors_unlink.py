"""N10, C1: a link that an import has made is ended by unlink_export, as any other, also when its company is gone."""

from __future__ import annotations

from typing import Any

import psycopg

from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.steps.unlink import unlink
from spectrum_etl.exports.systems import Systems
from tests.imports.vendors.imports_world import World


def end_link(world: World, record: int) -> None:
    """What unlink_export does."""
    nothing: Any = None
    company = world.settings.companies[0]
    systems = Systems(world.url, world.settings, company, world.procore.client, nothing, nothing)
    unlink(systems, EXPORTS["vendors"], str(record), "ann")


def test_n10_a_link_of_an_import_ends_and_the_vendor_is_offered_again(world: World) -> None:
    world.vendor("ACME", "Acme")
    world.run()
    acme = world.named("Acme")["id"]
    end_link(world, acme)
    assert world.named("Acme")["origin_id"] is None
    world.plan()
    [row] = world.rows().values()
    assert (row.kind, row.record_id) == ("link", str(acme))
    world.run()
    assert world.links() == {"ACME": acme}


def test_n3_after_a_merge_the_link_ends_and_the_vendor_is_matched_with_what_is_left(world: World) -> None:
    world.vendor("ACME", "Acme")
    world.run()
    acme = world.named("Acme")["id"]
    with psycopg.connect(world.procore.url, autocommit=True) as connection:
        connection.execute("DELETE FROM procore.records WHERE id = %s", [acme])
    left = world.company("Acme", origin_id="spectrum:1:ACME")
    world.plan()
    assert world.standing() == {"ACME": ("gone", "not ready")}
    end_link(world, acme)
    world.run()
    assert world.links() == {"ACME": left}
    assert len(world.companies()) == 1
