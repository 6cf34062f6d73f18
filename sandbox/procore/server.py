"""Runs the stand-in Procore on a port: `ProcoreServer(...)`, used by `python -m sandbox serve` and by tests.

with ProcoreServer(database_url, [ServiceAccount("id", "secret")]) as server:
    requests.post(f"{server.url}/oauth/token", ...)
"""

import socket
import threading
import time
from collections.abc import Sequence
from types import TracebackType

import uvicorn

from sandbox.procore.access import ServiceAccount, Tokens
from sandbox.procore.app import ProcoreApp
from sandbox.procore.stores import Stores
from sandbox.procore.switches import Switches
from sandbox.sdx.calls import CallLog

_START_SECONDS = 15.0
# Connections wait here while every thread works on a call.
_BACKLOG = 128


class ProcoreServer:
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
        self._host = host
        self._port = port
        self.app = ProcoreApp(self._stores, self.tokens, self.switches, self.calls)
        config = uvicorn.Config(
            self.app.application(), http="h11", log_level="critical", lifespan="off", timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="sandbox procore", daemon=True)
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        """The base URL of API and sign-in, without a slash at its end.

        Raises:
            RuntimeError: the server has not been started.
        """
        if self._socket is None:
            raise RuntimeError("the sandbox's Procore has no URL before start()")
        return f"http://{self._host}:{self._socket.getsockname()[1]}"

    def start(self) -> None:
        """Listen and answer; returns when calls are taken.

        Raises:
            OSError: the port is taken.
            RuntimeError: the server does not come up.
        """
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, self._port))
        except OSError as error:
            listener.close()
            raise OSError(error.errno, f"cannot listen on {self._host}:{self._port}: {error.strerror}") from error
        listener.listen(_BACKLOG)
        self._socket = listener
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError(f"the sandbox's Procore did not start on {self.url}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop answering, wait for the calls that run, and close every connection."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        if self._socket is not None:
            self._socket.close()
        self._stores.close()
        self.switches.close()

    def __enter__(self) -> "ProcoreServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket] if self._socket else None)
