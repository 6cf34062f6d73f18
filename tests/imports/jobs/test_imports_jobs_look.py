"""How many calls the daily look at projects makes: counted apart from those that write."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from psycopg.types.json import Jsonb

from tests.imports.jobs.jobs_world import JobsWorld
from tests.sources.procore.standin import COMPANY

PROJECTS = 500
#: The service account may see them.
SEEN = {"permitted": True}


def test_the_daily_look_at_five_hundred_projects(
    world: JobsWorld, record_property: Callable[[str, object], None]
) -> None:
    with psycopg.connect(world.procore.url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO procore.records (kind, company_id, fields) VALUES ('project', %s, %s)",
            [
                (COMPANY, Jsonb({"name": f"Project {n}", "project_number": f"P{n}", "active": n % 10 > 0} | SEEN))
                for n in range(PROJECTS)
            ],
        )
    for again in range(2):
        world.procore.server.calls.reset()
        world.plan(look_again=False)
        assert world.calls() == 3, "two pages of 300 projects, inactive ones among them, and the lists of cost codes"
        world.query("update procore.looks set whole_at = whole_at - interval '1 day', looked_at = whole_at")
        assert world.query("select count(*) from procore.records") == [(PROJECTS,)], again
    record_property("counted", f"the daily look at {PROJECTS} projects: 3 calls")
