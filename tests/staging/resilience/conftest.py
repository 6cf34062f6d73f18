"""A loaded source with its servers, a warehouse in which everything is staged, and copies of both for each test."""

import itertools
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from sandbox.data.generate import load
from sandbox.faults import Faults
from sandbox.infolink.server import InfoLinkServer
from sandbox.sdx.access import Authorization, Client
from sandbox.sdx.server import SdxServer
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.sdx.connection import SdxConnection
from spectrum_etl.staging import check as checking
from spectrum_etl.staging.objects import OBJECTS
from stack.postgres import EmbeddedPostgres
from tests.staging.resilience.harness import AUTHORIZATION, CLIENT_SECRET, PASSWORD, World, assert_no_secret

_SOURCE, _PRISTINE, _STAGED = "resilience_source", "resilience_pristine", "resilience_staged"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def stage(postgres: EmbeddedPostgres) -> Iterator[InfoLinkServer]:
    """The templates that every test's databases are copied from, and one Info-Link over the current copy."""
    source = postgres.create_database(_SOURCE)
    load(source, jobs=8, transactions=1500)
    faults = Faults(source)
    faults.active()  # creates its table, so that the template has it
    faults.close()
    server = InfoLinkServer(source, password=PASSWORD, tls=False)
    with server:
        world = World(postgres.create_database(_STAGED), source, infolink(server.port))
        with pytest.MonkeyPatch.context() as patch:
            leave_checks_out(patch)
            for name in OBJECTS:
                world.sync(name)
        postgres.create_database(_PRISTINE, template=_SOURCE)
        yield server
    for name in (_SOURCE, _PRISTINE, _STAGED):
        postgres.drop_database(name)


def leave_checks_out(patch: pytest.MonkeyPatch) -> None:
    """Without Great Expectations, which has tests of its own and would take most of the time here."""
    patch.setattr(checking, "run_checks", lambda *_args, **_options: [])


@pytest.fixture
def without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """See `leave_checks_out`; rows are still typed, rejected and counted."""
    leave_checks_out(monkeypatch)


@contextmanager
def fresh_world(postgres: EmbeddedPostgres, port: int) -> Iterator[World]:
    """A fresh copy of the source and of the warehouse in which it is staged; Info-Link is at the port."""
    postgres.drop_database(_SOURCE)
    source = postgres.create_database(_SOURCE, template=_PRISTINE)
    warehouse = f"resilience_{next(_numbers)}"
    yield World(postgres.create_database(warehouse, template=_STAGED), source, infolink(port))
    postgres.drop_database(warehouse)


@pytest.fixture
def world(postgres: EmbeddedPostgres, stage: InfoLinkServer) -> Iterator[World]:
    """See `fresh_world`."""
    with fresh_world(postgres, stage.port) as fresh:
        yield fresh


@pytest.fixture
def sdx_server(world: World) -> Iterator[SdxServer]:
    """The web services over the same source."""
    authorization = Authorization(AUTHORIZATION, ("1", "2"))
    with SdxServer(world.source, [authorization], clients=[Client("client", CLIENT_SECRET)]) as server:
        yield server


@pytest.fixture
def both(world: World, sdx_server: SdxServer) -> World:
    """The world with both sources."""
    connection = SdxConnection(sdx_server.url, "1", AUTHORIZATION, timeout_seconds=(2.0, 1.0))
    return replace(world, sdx=connection)


@pytest.fixture(autouse=True)
def no_secret_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test does, no secret appears in the log (A3)."""
    with caplog.at_level(logging.INFO, "spectrum_etl"):
        yield
        assert_no_secret(caplog.text)


def infolink(port: int) -> InfoLinkConnection:
    """How a server of these tests is reached."""
    return InfoLinkConnection("127.0.0.1", "Spectrum", "infolink", PASSWORD, port, "off", 5, 5)
