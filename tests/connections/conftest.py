"""One world a module, with its faults switched off before each test."""

from collections.abc import Iterator

import pytest
from connections_world import World, open_world

from stack.postgres import EmbeddedPostgres


@pytest.fixture(scope="package")
def shared_world(postgres: EmbeddedPostgres) -> Iterator[World]:
    """The stand-ins, loaded once."""
    url = postgres.create_database("connections_world")
    with open_world(url) as world:
        yield world
    postgres.drop_database("connections_world")


@pytest.fixture
def world(shared_world: World) -> Iterator[World]:
    """The stand-ins without faults."""
    shared_world.without_faults()
    yield shared_world
    shared_world.without_faults()
