"""The numbers that imports of vendors are held to: 2,000 vendors against 1,500 companies, and all of it undone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from spectrum_etl.imports.objects.vendors import OBJECT
from spectrum_etl.imports.steps.undo import plan_undo
from tests.imports.vendors.imports_world import WRITING, World
from tests.sources.procore.standin import COMPANY

VENDORS, COMPANIES, INACTIVE = 2_000, 1_500, 5


def fill(world: World) -> None:
    world.query(
        "insert into spectrum.vendors (company_code, vendor_code, vendor_name, status, address_1, city, state, phone,"
        " _row_hash, _run_id, _read_at, _changed_at) select '1', 'V' || n, 'Contractor ' || md5(n::text), 'A',"
        " n || ' Main St', 'Akron', 'OH', '330555' || lpad(n::text, 4, '0'), gen_random_uuid(), 'run',"
        " clock_timestamp(), clock_timestamp() from generate_series(1, 2000) as n"
    )
    with psycopg.connect(world.procore.url, autocommit=True) as connection, connection.cursor() as cursor:
        names = connection.execute("SELECT array_agg(md5(n::text) ORDER BY n) FROM generate_series(1, 2000) AS n")
        hashes = names.fetchone()[0]  # type: ignore[index]
        cursor.executemany(
            "INSERT INTO procore.records (kind, company_id, fields) VALUES ('vendor', %s, %s)",
            [
                (COMPANY, Jsonb({"name": f"CONTRACTOR {hashes[n]}", "is_active": n >= INACTIVE, "city": "Akron"}))
                for n in range(COMPANIES)
            ],
        )


def companies(world: World) -> dict[int, dict[str, Any]]:
    """Every company with the fields that hold something."""
    found = ({name: value for name, value in each.items() if value not in (None, "")} for each in world.companies())
    return {each["id"]: each for each in found}


@pytest.mark.slow
def test_n3_two_thousand_vendors_against_fifteen_hundred_companies(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    fill(world)
    before = companies(world)
    began = time.monotonic()
    made = world.plan()
    planned = time.monotonic() - began
    assert made.counts == {("link", "ready"): COMPANIES, ("create", "ready"): VENDORS - COMPANIES}
    world.decide()
    world.procore.server.calls.reset()
    began = time.monotonic()
    world.apply()
    first = f"run {world.runs}"
    applied = time.monotonic() - began
    writing = world.calls(*WRITING)
    assert world.compare().differing == []
    assert len(world.links()) == VENDORS
    world.plan(look_again=False)
    world.procore.server.calls.reset()
    began = time.monotonic()
    world.plan(look_again=False)
    world.apply()
    world.compare()
    nothing = time.monotonic() - began
    assert world.calls() == 0, "nothing has changed"
    record_property(
        "counted",
        f"{VENDORS} vendors against {COMPANIES} companies: planned in {planned:.1f} s, applied in {applied:.1f} s with"
        f" {writing} writing calls ({INACTIVE} of them reactivations); nothing changed: {nothing:.1f} s, no call",
    )
    began = time.monotonic()
    plan_undo(world.systems(), OBJECT, first)
    world.decide()
    world.apply()
    undone = time.monotonic() - began
    record_property("counted", f"the run of {VENDORS} vendors undone in {undone:.1f} s")
    after = companies(world)
    assert {id: after[id] for id in before} == before, "Procore is as before, field by field"
    created = [fields for id, fields in after.items() if id not in before]
    assert len(created) == VENDORS - COMPANIES
    assert {(each["is_active"], each.get("origin_id")) for each in created} == {(False, None)}
    assert world.links() == {}
    assert writing <= 15 + INACTIVE
    assert planned < 20
    assert nothing < 3
