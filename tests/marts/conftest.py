"""One loaded source a session; a fresh copy of it and of its staged warehouse for each test."""

from collections.abc import Iterator

import pytest
from marts_world import fresh_world, open_stage

from stack.postgres import EmbeddedPostgres
from tests.staging.resilience.harness import World


@pytest.fixture(scope="session")
def marts_stage(postgres: EmbeddedPostgres) -> Iterator[int]:
    """See `open_stage`."""
    with open_stage(postgres) as port:
        yield port


@pytest.fixture
def world(postgres: EmbeddedPostgres, marts_stage: int) -> Iterator[World]:
    """See `fresh_world`."""
    with fresh_world(postgres, marts_stage) as fresh:
        yield fresh
