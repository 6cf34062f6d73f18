"""Fixtures for every test: an embedded PostgreSQL and fresh databases in it."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from stack.postgres import NO_DURABILITY, EmbeddedPostgres

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """An embedded PostgreSQL server for the whole session, without durability, removed at the end."""
    # /var/tmp: the server's account must reach it, and /tmp is in memory on some systems.
    folder = Path(tempfile.mkdtemp(prefix="spectrum-etl-test-", dir="/var/tmp"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "postgres", settings={**NO_DURABILITY, "shared_buffers": "128MB"})
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture
def database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The URL of a fresh, empty database (superuser), dropped after the test."""
    name = f"test_{next(_numbers)}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture
def sandbox_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The URL of a fresh, empty database whose search path is `dbo, public`, as the sandbox's Info-Link has it."""
    name = f"sandbox_{next(_numbers)}"
    url = postgres.create_database(name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET search_path = dbo, public")
        connection.execute("CREATE SCHEMA dbo")
    yield url
    postgres.drop_database(name)
