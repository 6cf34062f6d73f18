"""One warehouse for all tests of this folder; every test uses records of its own."""

from collections.abc import Iterator

import psycopg
import pytest

from spectrum_etl.warehouse.migrate import migrate
from stack.postgres import EmbeddedPostgres
from tests.exports.steps.exports_world import World


@pytest.fixture(scope="module")
def warehouse(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a warehouse with all migrations."""
    name = f"exports_{request.module.__name__.rpartition('.')[2]}"[:60]
    url = postgres.create_database(name)
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection)
    yield url
    postgres.drop_database(name)


@pytest.fixture
def world(warehouse: str) -> World:
    """An empty world."""
    with psycopg.connect(warehouse, autocommit=True) as connection:
        tables = ("queue", "calls", "claims", "links", "rejection_mails", "ledger", "drift")
        connection.execute(f"truncate {', '.join(f'export.{name}' for name in tables)}".encode())
        connection.execute("update export.continuity set noticed_at = null")
    return World(warehouse)
