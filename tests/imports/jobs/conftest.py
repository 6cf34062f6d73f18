"""One warehouse and one stand-in Procore for all tests of a module; every test begins with both empty."""

from collections.abc import Iterator

import pytest

from spectrum_etl.staging.objects.jobs import JOBS
from stack.postgres import EmbeddedPostgres
from tests.imports.jobs.jobs_world import JobsWorld
from tests.imports.vendors.imports_world import warehouse_and_procore


@pytest.fixture(scope="module")
def whole(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[JobsWorld]:
    """The world of the module."""
    with warehouse_and_procore(postgres, request, JOBS) as (url, procore):
        world = JobsWorld(url, procore)
        yield world
        world.close()


@pytest.fixture
def world(whole: JobsWorld) -> Iterator[JobsWorld]:
    """An empty world, in which the service account may see what it creates."""
    whole.clear()
    fresh = JobsWorld(whole.url, whole.procore)
    fresh.runs = whole.runs
    fresh.procore.fault("procore_new_projects", "permitted")
    yield fresh
    fresh.close()
