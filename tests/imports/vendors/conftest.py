"""One warehouse and one stand-in Procore for all tests of a module; every test begins with both empty."""

from collections.abc import Iterator

import pytest

from spectrum_etl.staging.objects.vendors import VENDORS
from stack.postgres import EmbeddedPostgres
from tests.imports.vendors.imports_world import World, warehouse_and_procore


@pytest.fixture(scope="module")
def whole(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[World]:
    """The world of the module."""
    with warehouse_and_procore(postgres, request, VENDORS) as (url, procore):
        world = World(url, procore)
        yield world
        world.close()


@pytest.fixture
def world(whole: World) -> Iterator[World]:
    """An empty world."""
    whole.clear()
    fresh = World(whole.url, whole.procore)
    fresh.runs = whole.runs
    yield fresh
    fresh.close()
