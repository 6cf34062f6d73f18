"""Runs the stand-in web services on a port: `SdxServer(...)`, used by `python -m sandbox serve` and by tests.

with SdxServer(database_url, [Authorization("DEMO", ("1", "2"))]) as server:
    requests.post(f"{server.url}/ws/GetJob", ...)
"""

import socket
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from types import TracebackType

import uvicorn

from sandbox.data.schema import connect
from sandbox.data.written import create_written
from sandbox.sdx.access import Authorization, Client, GuidPolicy, Guids, Installation, Tokens
from sandbox.sdx.app import SdxApp
from sandbox.sdx.calls import CallLog
from sandbox.sdx.database import Connections
from sandbox.sdx.lines import Lines
from sandbox.sdx.switches import Switches

_START_SECONDS = 15.0


class SdxServer:
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
        self._host = host
        self._port = port
        lines = Lines()
        app = SdxApp(self._connections, self.installation, self.switches, self.calls, lines)
        config = uvicorn.Config(
            app.application(), http=lines.protocol(), log_level="critical", lifespan="off", timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="sandbox sdx", daemon=True)
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end.

        Raises:
            RuntimeError: the server has not been started.
        """
        if self._socket is None:
            raise RuntimeError("the sandbox's web services have no URL before start()")
        return f"http://{self._host}:{self._socket.getsockname()[1]}"

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
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, self._port))
        except OSError as error:
            listener.close()
            raise OSError(error.errno, f"cannot listen on {self._host}:{self._port}: {error.strerror}") from error
        self._socket = listener
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError(f"the sandbox's web services did not start on {self.url}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop answering, wait for the calls that run, and close every connection."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        if self._socket is not None:
            self._socket.close()
        self._connections.close()
        self.switches.close()

    def __enter__(self) -> "SdxServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket] if self._socket else None)
