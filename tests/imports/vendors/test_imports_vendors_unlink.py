"""N10, C1: a link that an import has made is ended by unlink_export, as any other, also when its company is gone."""

from __future__ import annotations

import threading
from typing import Any

import psycopg

from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.steps.unlink import unlink
from spectrum_etl.exports.systems import Systems
from spectrum_etl.imports.objects.vendors import OBJECT
from spectrum_etl.links.writing import COMPANIES, writing, writing_apart
from tests.imports.vendors.imports_world import WRITING, World


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


def test_n11_a_mark_is_taken_out_by_nobody_while_an_import_writes_companies(world: World) -> None:
    """Procore answers 409 to two at once; the import holds its place for all of its calls."""
    world.vendor("ACME", "Acme")
    world.run()
    acme = world.named("Acme")["id"]
    world.procore.server.calls.reset()
    ending = threading.Thread(target=end_link, args=(world, acme))
    with (
        psycopg.connect(world.url, autocommit=True) as connection,
        writing(connection, world.systems().procore.company_id, OBJECT.name),
    ):
        ending.start()
        ending.join(1)
        assert ending.is_alive(), "it waits"
        assert world.calls(*WRITING) == 0
    ending.join(30)
    assert not ending.is_alive()
    assert world.calls(*WRITING) == 1
    assert world.named("Acme")["origin_id"] is None


def test_n11_an_import_writes_nothing_while_an_export_marks_a_company(world: World) -> None:
    world.vendor("ACME", "Acme")
    world.plan()
    world.decide()
    applying = threading.Thread(target=world.apply)
    with writing_apart(world.url, world.systems().procore.company_id, COMPANIES):
        applying.start()
        applying.join(1)
        assert applying.is_alive(), "it waits"
        assert world.calls(*WRITING) == 0
    applying.join(30)
    assert not applying.is_alive()
    assert len(world.links()) == 1
