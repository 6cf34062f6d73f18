"""A seeded stand-in Procore over a small stand-in Spectrum, and raw requests to it, for this folder's tests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
import requests

from sandbox.data.generate import load
from sandbox.procore.access import ServiceAccount
from sandbox.procore.seed import seed
from sandbox.procore.server import ProcoreServer
from stack.postgres import EmbeddedPostgres

ACCOUNT = ServiceAccount("client", "secret-of-the-client", (4001, 4002, 4801))


@dataclass
class Raw:
    """Raw calls with a token and the header of one company.

    Args:
        url: of the server.
        company: Procore company id.
    """

    url: str
    company: int = 4001
    session: requests.Session = field(default_factory=requests.Session)

    def token(self) -> str:
        form = {"grant_type": "client_credentials", "client_id": "client", "client_secret": "secret-of-the-client"}
        return str(requests.post(f"{self.url}/oauth/token", data=form, timeout=10).json()["access_token"])

    def call(self, method: str, path: str, body: Any = None, **params: Any) -> requests.Response:
        if "Authorization" not in self.session.headers:
            self.session.headers["Authorization"] = f"Bearer {self.token()}"
        headers = {"Procore-Company-Id": str(self.company)}
        return self.session.request(
            method, f"{self.url}{path}", json=body, params=params, headers=headers, timeout=20, allow_redirects=False
        )

    def get(self, path: str, **params: Any) -> Any:
        answer = self.call("GET", path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def all(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """All pages of version 1, by the Link header."""
        found: list[dict[str, Any]] = []
        answer = self.call("GET", path, per_page=100, **params)
        while True:
            assert answer.status_code == 200, answer.text
            found += answer.json()
            if "next" not in answer.links:
                assert len(found) == int(answer.headers["Total"])
                return found
            answer = self.session.get(
                answer.links["next"]["url"], headers={"Procore-Company-Id": str(self.company)}, timeout=20
            )


@pytest.fixture(scope="session")
def business(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A sandbox database with both systems' records, which the tests of this folder share."""
    url = postgres.create_database("procore_business")
    load(url, jobs=50, transactions=500)
    seed(url)
    yield url
    postgres.drop_database("procore_business")


@pytest.fixture(scope="session")
def shared_server(business: str) -> Iterator[ProcoreServer]:
    """One server for the session."""
    with ProcoreServer(business, [ACCOUNT]) as server:
        yield server


@pytest.fixture
def server(shared_server: ProcoreServer) -> Iterator[ProcoreServer]:
    """The shared server without faults and limits, with an empty call log."""
    shared_server.switches.clear()
    for name in ("procore_hourly_limit", "procore_spike_limit"):
        shared_server.switches.set(name, "0")
    shared_server.app.limiter.forget()
    shared_server.calls.reset()
    yield shared_server
    shared_server.switches.clear()


@pytest.fixture
def raw(server: ProcoreServer) -> Raw:
    """Raw calls of company 4001."""
    return Raw(server.url)


@pytest.fixture
def ids(business: str) -> dict[str, int]:
    """Ids of the linked project that everything is ready on, and of projects by name or role."""
    with psycopg.connect(business) as connection:
        rows = connection.execute(
            "SELECT fields->>'name', id FROM procore.records WHERE kind = 'project' AND company_id = 4001 ORDER BY id"
        ).fetchall()
        ready = connection.execute(
            "SELECT project_id FROM procore.records WHERE fields->>'number' = 'SC-101' ORDER BY id LIMIT 1"
        ).fetchone()
    assert ready is not None
    return {str(name): int(number) for name, number in rows} | {"ready": int(ready[0])}
