"""A stand-in Spectrum and Procore on this machine, and the connections to them, for this folder's tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg

from sandbox.data.generate import load
from sandbox.faults import Faults
from sandbox.infolink.server import InfoLinkServer
from sandbox.procore.access import ServiceAccount
from sandbox.procore.seed import seed
from sandbox.procore.server import ProcoreServer
from sandbox.sdx.access import Authorization
from sandbox.sdx.server import SdxServer
from spectrum_etl.settings import Company, Settings
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.procore.connection import ProcoreConnection
from spectrum_etl.sources.sdx.connection import SdxConnection

FULL, LIMITED = "the-authorization", "only-some-services"
PASSWORD, SECRET = "infolink-password", "secret-of-the-client"
COMPANY = Company(code="1", name="One", phase_category="STD", procore_company_id=4001)


@dataclass(frozen=True)
class World:
    """Where the servers are.

    Args:
        database: behind all of them.
        sdx, infolink, procore: connections that work.
        faults: the switches.
        server: of the web services; its calls are counted.
    """

    database: str
    sdx: SdxConnection
    infolink: InfoLinkConnection
    procore: ProcoreConnection
    faults: Faults
    server: SdxServer

    def without_faults(self) -> None:
        """Switch all faults off, and the limits of calls in which a test would only wait."""
        self.faults.clear()
        for name in ("procore_hourly_limit", "procore_spike_limit"):
            self.faults.set(name, "0")

    def alter(self, statement: str) -> None:
        """Change the stand-in Spectrum's tables."""
        with psycopg.connect(self.database, autocommit=True, options="-c search_path=dbo,public") as connection:
            connection.execute(statement.encode())


@contextmanager
def open_world(database: str) -> Iterator[World]:
    """Load and serve; everything is stopped at the end."""
    load(database, jobs=10, transactions=200)
    seed(database)
    with ExitStack() as stack:
        infolink = stack.enter_context(InfoLinkServer(database, password=PASSWORD, tls=False))
        authorizations = [
            Authorization(FULL, ("1",)),
            Authorization(LIMITED, ("1",), frozenset({"GetPhase", "Vendors"})),
        ]
        sdx = stack.enter_context(SdxServer(database, authorizations))
        procore = stack.enter_context(ProcoreServer(database, [ServiceAccount("client", SECRET, (4001, 4801))]))
        faults = Faults(database)
        stack.callback(faults.close)
        yield World(
            database,
            SdxConnection(sdx.url, "1", FULL),
            InfoLinkConnection(
                "127.0.0.1", "Spectrum", "infolink", PASSWORD, port=infolink.port, encryption="off", login_timeout=10
            ),
            ProcoreConnection(procore.url, "client", SECRET, login_url=procore.url),
            faults,
            sdx,
        )


def settings(**readers: str) -> Settings:
    """One company; everything that can be read by web services is, unless said otherwise."""
    chosen = {"jobs": "sdx", "project_cost_codes": "sdx", "vendors": "sdx", "job_cost_totals": "sdx", **readers}
    return Settings(companies=(COMPANY,), readers=chosen)
