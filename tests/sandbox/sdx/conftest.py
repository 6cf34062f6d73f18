"""A loaded sandbox database and a running server for this folder's tests."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from sandbox.data.generate import load
from sandbox.sdx.access import Authorization
from sandbox.sdx.server import SdxServer
from stack.postgres import EmbeddedPostgres
from tests.sandbox.sdx.raw_soap import DEMO, INACTIVE, LIMITED, Soap
from tests.sandbox.sdx.raw_writes import Site, Writer

_jobs = itertools.count(1)


@pytest.fixture(scope="session")
def business(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A loaded sandbox database that the tests of this folder share: those that write take codes of their own."""
    url = postgres.create_database("sdx_business")
    load(url, jobs=50, transactions=5_000)
    yield url
    postgres.drop_database("sdx_business")


@pytest.fixture(scope="session")
def shared_server(business: str) -> Iterator[SdxServer]:
    """One server for the session."""
    authorizations = [
        Authorization(DEMO, ("1", "2")),
        Authorization(LIMITED, ("2",), frozenset({"GetJob"})),
        Authorization(INACTIVE, ("1",), active=False),
    ]
    with SdxServer(business, authorizations) as server:
        yield server


@pytest.fixture
def server(shared_server: SdxServer) -> Iterator[SdxServer]:
    """The shared server without faults and with an empty call log."""
    shared_server.switches.clear()
    shared_server.calls.reset()
    yield shared_server
    shared_server.switches.clear()


@pytest.fixture
def soap(server: SdxServer) -> Soap:
    """Raw SOAP calls of the shared server under the Authorization ID that may do everything."""
    return Soap(server.url)


@pytest.fixture
def query(business: str) -> Callable[..., list[tuple[Any, ...]]]:
    """Asks the sandbox database."""

    def ask(statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(business, options="-c search_path=dbo,public") as connection:
            return connection.execute(statement.encode(), values).fetchall()

    return ask


@pytest.fixture
def writer(server: SdxServer) -> Writer:
    """Raw writes of the shared server; what they write stays, each test takes codes of its own."""
    return Writer(server.url)


@pytest.fixture
def site(writer: Writer) -> Site:
    """A new job with a contract of 100,000 and four phases, and a job number of its own."""
    made = Site(writer, f"W-{next(_jobs)}").build()
    made.phase("031000", "L", Description="Forming")
    made.phase("031000", "M", Description="Forming")
    made.phase("230000", "S", Description="HVAC")
    made.phase("260000", "S", Description="Electrical")
    return made
