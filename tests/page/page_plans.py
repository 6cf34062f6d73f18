"""Plans for the page's tests: made by the plan machine over the page's own warehouse and a stand-in Procore."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from stack.postgres import EmbeddedPostgres
from tests.imports.vendors.imports_world import World, settings
from tests.page.page_airflow import PageAirflow
from tests.sources.procore.standin import standing_in

_BOOKS = (
    "procore.looks, procore.limits, procore.records, procore.plans, procore.plan_rows, procore.left_out, procore.calls"
)

#: Procore as the page's Airflow knows it: nothing answers there, since deciding calls nothing.
_NOWHERE = {
    "connection_id": "procore", "conn_type": "generic", "host": "127.0.0.1", "port": 9, "schema": "http",
    "login": "nobody", "password": "nothing", "extra": json.dumps({"login_url": "http://127.0.0.1:9"}),
}  # fmt: skip


def forget(url: str) -> None:
    """Nothing was ever planned, and nothing is staged of what it was planned from."""
    with psycopg.connect(url) as connection:
        connection.execute("delete from export.claims where plan_row_id is not null or object_name = 'vendors'")
        connection.execute("delete from export.links where how = 'import'")
        connection.execute(f"truncate {_BOOKS}".encode())
        connection.execute("delete from spectrum.vendors where _run_id = 'run'")


@contextmanager
def planned(page: PageAirflow, postgres: EmbeddedPostgres) -> Iterator[World]:
    """An open plan with a row of every kind, and results of one that was applied before.

    New: Apex and Basin. The same name: Summit, and Blue Spruce, which is inactive in Procore. Two of the same name:
    Front Range. Changed in Spectrum: Ridge, and Mesa, which somebody has edited in Procore, too. Refused: the one
    without a name. Left out: Harbor.
    """
    name = "page_plans_procore"
    page.airflow.api("admin").put("connections", [_NOWHERE])
    with standing_in(postgres.create_database(name)) as procore:
        world = World(page.warehouse_url, procore)
        world.settings = settings(update=["name", "phone", "address"])
        try:
            _fill(world)
            yield world
        finally:
            forget(page.warehouse_url)
    postgres.drop_database(name)


def _fill(world: World) -> None:
    for code, vendor in (("RIDGE", "Ridge Concrete"), ("MESA", "Mesa Fencing")):
        world.vendor(code, vendor, phone="3305550100")
    world.run()
    world.change_vendor("RIDGE", phone="3305550199")
    world.change_vendor("MESA", phone="3305550177")
    world.procore.client.patch(
        f"/rest/v1.0/vendors/{world.named('Mesa Fencing')['id']}",
        {"company_id": world.systems().procore.company_id, "vendor": {"business_phone": "2165550000"}},
    )
    for code, vendor in (
        ("APEX", "Apex Roofing"), ("BASIN", "Basin Plumbing"), ("SUMMIT", "Summit Glass & Glazing"),
        ("FRONT", "Front Range Drywall LLC"), ("BLUE", "Blue Spruce Electric"), ("HARBOR", "Harbor Steel"),
        ("NONAME", None),
    ):  # fmt: skip
        world.vendor(code, vendor, phone="3305550123", city="Akron", state="OH")
    world.company("Summit Glass & Glazing")
    for _ in range(2):
        world.company("Front Range Drywall LLC", business_phone="3305550123", city="Akron")
    world.company("Blue Spruce Electric", is_active=False)
    world.plan()
    assert world.decide("HARBOR", verb="leave out") == [None]
