"""A pooler in front of a PostgreSQL, as PgBouncer is one: it invents process numbers and knows few startup parameters.

Protocol: https://www.postgresql.org/docs/current/protocol-message-formats.html; what PgBouncer does with parameters it
does not know: https://www.pgbouncer.org/config.html#ignore_startup_parameters.
"""

from __future__ import annotations

import os
import secrets
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from psycopg import pq

Mode = Literal["refuses settings", "ignores settings", "session"]

_NO_TLS = (80877103, 80877104)
_REPORTED = ("server_encoding", "client_encoding", "server_version", "standard_conforming_strings", "integer_datetimes")


class _Backend:
    """One session of the server, already logged in."""

    def __init__(self, url: str, options: str = "") -> None:
        conninfo = f"{url}?options={options.replace(' ', '%20').replace('=', '%3D')}" if options else url
        self.pgconn = pq.PGconn.connect(conninfo.encode())
        assert self.pgconn.status == pq.ConnStatus.OK, self.pgconn.error_message
        self.socket = socket.socket(fileno=os.dup(self.pgconn.socket))
        self.socket.setblocking(True)

    def reported(self) -> bytes:
        found = ((name, self.pgconn.parameter_status(name.encode())) for name in _REPORTED)
        return b"".join(_message(b"S", name.encode() + b"\0" + (value or b"") + b"\0") for name, value in found)

    def close(self) -> None:
        self.socket.close()
        self.pgconn.finish()


@contextmanager
def pooler(url: str, mode: Mode) -> Iterator[int]:
    """Serve it until the block ends.

    Args:
        url: the server, with a login that every client gets.
        mode: `refuses settings` and `ignores settings` hand a session of the server to whichever transaction comes
            first, and do that with startup options; `session` gives every client one of its own, with its options.

    Returns:
        The port.
    """
    idle: list[_Backend] = []
    opened: list[_Backend] = []
    lock = threading.Lock()

    def backend(options: str = "") -> _Backend:
        with lock:
            if idle and not options:
                return idle.pop()
            opened.append(_Backend(url, options))
            return opened[-1]

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(ConnectionError):
                self._serve(self._startup())

        def _serve(self, parameters: dict[str, str] | None) -> None:
            if parameters is None:
                return
            held = backend(parameters["options"]) if mode == "session" else None
            first = held or backend()
            login = _message(b"R", struct.pack("!i", 0)) + first.reported()
            login += _message(b"K", struct.pack("!ii", secrets.randbelow(1 << 30), secrets.randbelow(1 << 30)))
            # Before the client hears of it: the next one must find it.
            if held is None:
                idle.append(first)
            self.request.sendall(login + _message(b"Z", b"I"))
            current: _Backend | None = None
            while (message := _read(self.request)) is not None and message[:1] != b"X":
                current = current or held or backend()
                current.socket.sendall(message)
                if message[:1] in (b"Q", b"S") and self._answered(current, shared=held is None):
                    current = None

        def _startup(self) -> dict[str, str] | None:
            while True:
                (length,) = struct.unpack("!i", _exactly(self.request, 4))
                body = _exactly(self.request, length - 4)
                if struct.unpack("!i", body[:4])[0] in _NO_TLS:
                    self.request.sendall(b"N")
                    continue
                words = body[4:].split(b"\0")
                parameters = {k.decode(): v.decode() for k, v in zip(words[::2], words[1::2], strict=False) if k}
                if mode == "refuses settings" and "options" in parameters:
                    said = b"SFATAL\0C08P01\0Munsupported startup parameter in options: lock_timeout\0\0"
                    self.request.sendall(_message(b"E", said))
                    return None
                return parameters

        def _answered(self, current: _Backend, *, shared: bool) -> bool:
            """Hand the answer on; whether the transaction has ended, and anybody's next one gets the session."""
            while True:
                message = _read(current.socket)
                assert message is not None
                ended = shared and message[:1] == b"Z" and message[5:6] == b"I"
                if ended:
                    idle.append(current)
                self.request.sendall(message)
                if message[:1] == b"Z":
                    return ended

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            for one in opened:
                one.close()


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def _read(source: socket.socket) -> bytes | None:
    """One message; None where the other side has gone."""
    head = source.recv(1)
    if not head:
        return None
    length = _exactly(source, 4)
    return head + length + _exactly(source, struct.unpack("!i", length)[0] - 4)


def _exactly(source: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        piece = source.recv(count - len(found))
        if not piece:
            raise ConnectionError("the other side has gone")
        found += piece
    return found
