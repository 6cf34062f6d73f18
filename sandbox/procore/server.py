"""Runs the stand-in Procore on a port: `ProcoreServer(...)`, used by `python -m sandbox serve` and by tests.

with ProcoreServer(database_url, [ServiceAccount("id", "secret")]) as server:
    requests.post(f"{server.url}/oauth/token", ...)
"""

from collections.abc import Sequence

from sandbox.calls import CallLog
from sandbox.http_server import HttpServer
from sandbox.procore.access import ServiceAccount, Tokens
from sandbox.procore.app import ProcoreApp
from sandbox.procore.stores import Stores
from sandbox.procore.switches import Switches


class ProcoreServer(HttpServer):
    """Procore's REST API over a seeded sandbox database, in a thread of this process.

    Args:
        database_url: the sandbox's PostgreSQL with schema `procore`; it also holds the faults.
        accounts: the service accounts.
        host: address to listen on.
        port: port, 0 for a free one.
        token_life: seconds that an access token is good for.
    """

    def __init__(
        self,
        database_url: str,
        accounts: Sequence[ServiceAccount],
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        token_life: int = 5400,
    ) -> None:
        self.switches = Switches(database_url)
        self.calls = CallLog()
        self.tokens = Tokens(list(accounts), token_life)
        self._stores = Stores(database_url)
        self.app = ProcoreApp(self._stores, self.tokens, self.switches, self.calls)
        super().__init__("the sandbox's Procore", self.app.application(), host, port)

    def stop(self) -> None:
        """Stop answering, wait for the calls that run, and close every connection."""
        super().stop()
        self._stores.close()
        self.switches.close()
