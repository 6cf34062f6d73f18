"""Fixtures: the stub server, and a client that waits for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from procore_stub import CLIENT_ID, CLIENT_SECRET, COMPANY, Stub, Time

from spectrum_etl.sources.procore import ProcoreClient, ProcoreConnection


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.stop()


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def connect(stub: Stub, clock: Time) -> Iterator[Callable[..., ProcoreClient]]:
    """Makes a client of the stub; keywords are those of ProcoreConnection."""
    clients = []

    def make(**fields: Any) -> ProcoreClient:
        values = {"base_url": stub.url, "login_url": stub.url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        connection = ProcoreConnection(**{**values, "company_id": COMPANY, **fields})
        client = ProcoreClient(connection, sleep=clock.sleep, clock=clock, jitter=lambda most: 0.0)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(connect: Callable[..., ProcoreClient]) -> ProcoreClient:
    return connect()
