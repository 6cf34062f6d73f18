"""Runs one of the sandbox's web applications on a port, in a thread of this process."""

import socket
import threading
import time
from types import TracebackType
from typing import Any, Self

import uvicorn

_START_SECONDS = 15.0
# Connections wait here while every thread works on a call.
_BACKLOG = 128


class HttpServer:
    """A web application that listens from `start` to `stop`; also a context manager of the two.

    Args:
        name: what is served, for messages and the thread's name.
        application: the ASGI application.
        host: address to listen on.
        port: port, 0 for a free one.
        protocol: uvicorn's HTTP implementation.
    """

    def __init__(self, name: str, application: Any, host: str, port: int, protocol: Any = "h11") -> None:
        self._name = name
        self._host = host
        self._port = port
        config = uvicorn.Config(
            application, http=protocol, log_level="critical", lifespan="off", timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end.

        Raises:
            RuntimeError: the server has not been started.
        """
        if self._socket is None:
            raise RuntimeError(f"{self._name} has no URL before start()")
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
                raise RuntimeError(f"{self._name} did not start on {self.url}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop answering, wait for the calls that run, and close every connection."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        if self._socket is not None:
            self._socket.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket] if self._socket else None)
