"""Runs the stand-in web services on a port: `SdxServer(...)`, used by `python -m sandbox serve` and by tests.

with SdxServer(database_url, [Authorization("DEMO", ("1", "2"))]) as server:
    requests.post(f"{server.url}/ws/GetJob", ...)
"""

from collections.abc import Sequence
from datetime import timedelta

from sandbox.calls import CallLog
from sandbox.data.schema import connect
from sandbox.data.written import create_written
from sandbox.http_server import HttpServer
from sandbox.sdx.access import Authorization, Client, GuidPolicy, Guids, Installation, Tokens
from sandbox.sdx.app import SdxApp
from sandbox.sdx.database import Connections
from sandbox.sdx.lines import Lines
from sandbox.sdx.switches import Switches


class SdxServer(HttpServer):
    """The web services over a sandbox database, in a thread of this process.

    Args:
        database_url: the sandbox's PostgreSQL, loaded; it also holds the faults.
        authorizations: the Authorization IDs.
        host: address to listen on.
        port: port, 0 for a free one.
        clients: the clients of Enhanced Authentication.
        enhanced: demand bearer tokens from the start.
        token_life: how long a token is good for.
        guid_policy: `documented`, or `reused_guid_returns_empty` as one installation was seen to behave.
    """

    def __init__(
        self,
        database_url: str,
        authorizations: Sequence[Authorization],
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        clients: Sequence[Client] = (),
        enhanced: bool = False,
        token_life: timedelta = timedelta(minutes=60),
        guid_policy: GuidPolicy = "documented",
    ) -> None:
        self.switches = Switches(database_url)
        self.calls = CallLog()
        self.installation = Installation(
            list(authorizations), Tokens(list(clients), token_life), Guids(guid_policy), enhanced
        )
        self._database_url = database_url
        self._connections = Connections(database_url)
        lines = Lines()
        app = SdxApp(self._connections, self.installation, self.switches, self.calls, lines)
        super().__init__("the sandbox's web services", app.application(), host, port, lines.protocol())

    def start(self) -> None:
        """Listen and answer; returns when calls are taken.

        Raises:
            OSError: the port is taken.
            psycopg.Error: the database cannot be reached.
            RuntimeError: the server does not come up.
        """
        # A database loaded by an older sandbox has no place for what is written.
        with connect(self._database_url) as connection:
            create_written(connection)
        super().start()

    def stop(self) -> None:
        """Stop answering, wait for the calls that run, and close every connection."""
        super().stop()
        self._connections.close()
        self.switches.close()
