"""Fixtures: the stub server, and a client that waits for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sdx_stub import AUTHORIZATION_ID, Stub

from spectrum_etl.sources.sdx import SdxClient, SdxConnection


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.stop()


@pytest.fixture
def waits() -> list[float]:
    """Seconds the client would have waited between tries."""
    return []


@pytest.fixture
def connect(stub: Stub, waits: list[float]) -> Iterator[Callable[..., SdxClient]]:
    """Makes a client of the stub; keywords are those of SdxConnection."""
    clients = []

    def make(**fields: Any) -> SdxClient:
        values = {"base_url": stub.url, "company_login": "1", "authorization_id": AUTHORIZATION_ID}
        client = SdxClient(SdxConnection(**{**values, **fields}), sleep=waits.append)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(connect: Callable[..., SdxClient]) -> SdxClient:
    return connect()
