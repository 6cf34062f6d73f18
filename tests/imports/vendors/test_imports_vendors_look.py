"""How often Procore is looked at, and how many calls that makes: counted apart from those that write."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from psycopg.types.json import Jsonb

from spectrum_etl.imports.records import limits
from tests.imports.vendors.imports_world import WRITING, World
from tests.sources.procore.standin import COMPANY

COMPANIES, INACTIVE, MOVED = 2_000, 40, 7
#: Twenty pages of companies, of which Procore gives 100 at a time, and one of those that are inactive.
WHOLE = 21


def fill(world: World) -> None:
    """Companies past the API, some of them inactive; one vendor is among them."""
    world.vendor("V1", "Contractor 1")
    with psycopg.connect(world.procore.url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO procore.records (kind, company_id, fields, updated_at) VALUES ('vendor', %s, %s,"
            " clock_timestamp() - interval '9 days')",
            [
                (COMPANY, Jsonb({"name": f"Contractor {n}", "is_active": n >= INACTIVE or n == 1}))
                for n in range(COMPANIES)
            ],
        )


def days_pass(world: World, days: float) -> None:
    """The last looks are so many days older."""
    world.query(
        "update procore.looks set looked_at = looked_at - %s * interval '1 day', whole_at = whole_at - %s *"
        " interval '1 day'",
        days, days,
    )  # fmt: skip


def look(world: World) -> int:
    """A run plans; how many calls of Procore it makes."""
    world.procore.server.calls.reset()
    world.plan(look_again=False)
    assert world.calls(*WRITING) == 0
    return world.calls()


def move(world: World, number: int) -> None:
    """Somebody edits companies in Procore."""
    with psycopg.connect(world.procore.url, autocommit=True) as connection:
        connection.execute(
            'UPDATE procore.records SET fields = fields || \'{"city": "Akron"}\', updated_at = clock_timestamp()'
            " WHERE id IN (SELECT id FROM procore.records WHERE kind = 'vendor' ORDER BY id DESC LIMIT %s)",
            [number],
        )


def test_the_daily_look_at_two_thousand_companies(world: World, record_property: Callable[[str, object], None]) -> None:
    fill(world)
    whole = look(world)
    assert look(world) == 0, "looked at just now"
    days_pass(world, 1)
    move(world, MOVED)
    assert look(world) == whole == WHOLE
    assert world.query("select calls, whole_calls from procore.looks") == [(whole, whole)]
    assert world.query("select count(*) from procore.records where fields ->> 'city' = 'Akron'") == [(MOVED,)]
    world.decide()
    world.procore.server.calls.reset()
    world.apply()
    reading = world.calls("GET")
    assert (reading, world.calls(*WRITING)) == (1, 1), "what has changed since, in one call, before one row is written"
    record_property("counted", f"the daily look at {COMPANIES} companies: {whole} calls; before a row is written: 1")


def test_a_look_that_would_make_too_many_calls_asks_for_what_has_changed(world: World) -> None:
    fill(world)
    imports = world.settings.imports.model_copy(update={"calls_a_look": 10})
    world.settings = world.settings.model_copy(update={"imports": imports})
    assert look(world) == WHOLE, "the first one reads all"
    for _ in range(2):
        days_pass(world, 1)
        move(world, MOVED)
        assert look(world) == 1
        assert look(world) == 0
    assert world.query("select count(*) from procore.records where fields ->> 'city' = 'Akron'") == [(MOVED,)]
    assert world.query("select calls, whole_calls from procore.looks") == [(1, WHOLE)]
    days_pass(world, 1)
    assert look(world) == WHOLE, "21 calls are those of three looks: with every third one all are read"


@pytest.mark.parametrize(("an_hour", "in_ten_seconds", "narrowest"), [(3_600, 100, 3_600), (3_600, 5, 5)])
def test_the_narrowest_limit_of_a_company_is_that_of_the_fewest_calls(
    world: World, an_hour: int, in_ten_seconds: int, narrowest: int
) -> None:
    other = COMPANY + 1
    for company, calls, seconds in ((COMPANY, an_hour, 3600), (COMPANY, in_ten_seconds, 10), (other, 1, 3600)):
        world.query("insert into procore.limits values (%s, %s, %s, clock_timestamp())", company, calls, seconds)
    with psycopg.connect(world.url) as connection:
        pace = limits.last_reported(connection, COMPANY)
        assert limits.last_reported(connection, COMPANY + 2) is None
    assert pace is not None
    assert pace.calls == narrowest
