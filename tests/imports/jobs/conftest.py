"""One warehouse and one stand-in Procore for all tests of a module; every test begins with both empty."""

from collections.abc import Iterator

import psycopg
import pytest

from spectrum_etl.staging.objects.jobs import JOBS
from spectrum_etl.warehouse.ddl import ensure_table
from spectrum_etl.warehouse.migrate import migrate
from stack.postgres import EmbeddedPostgres
from tests.imports.jobs.jobs_world import JobsWorld
from tests.sources.procore.standin import standing_in


@pytest.fixture(scope="module")
def whole(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[JobsWorld]:
    """The world of the module."""
    name = request.module.__name__.rpartition(".")[2][:40]
    url, procore = postgres.create_database(f"{name}_wh"), postgres.create_database(f"{name}_procore")
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection)
        ensure_table(connection, JOBS)
    with standing_in(procore) as made:
        yield JobsWorld(url, made)
    postgres.drop_database(f"{name}_wh")
    postgres.drop_database(f"{name}_procore")


@pytest.fixture
def world(whole: JobsWorld) -> JobsWorld:
    """An empty world, in which the service account may see what it creates."""
    whole.clear()
    fresh = JobsWorld(whole.url, whole.procore)
    fresh.runs = whole.runs
    fresh.procore.fault("procore_new_projects", "permitted")
    return fresh
