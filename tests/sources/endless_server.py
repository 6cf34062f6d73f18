"""A server that answers by path, piece by piece, for as long as somebody takes the pieces."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Endless:
    """A server that answers by path, piece by piece.

    Args:
        url: its address.
        answers: by path; what is not there is not found.
        headers: of every answer.
        lengths: of bodies that state one, by path.
        locations: where redirects lead, by path.
        sent: bytes that clients have taken, by path.
    """

    url: str = ""
    answers: dict[str, Callable[[], Iterable[bytes]]] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    lengths: dict[str, int | None] = field(default_factory=dict)
    locations: dict[str, str] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)


@contextmanager
def serving() -> Iterator[Endless]:
    """Serve until the block ends."""
    endless = Endless()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().decode().split()[1].partition("?")[0]
            length = 0
            while line := self.rfile.readline().strip():
                name, _, value = line.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
            self.rfile.read(length)
            found = endless.answers.get(path)
            status = endless.status.get(path, 200 if found else 404)
            head = "".join(f"{name}: {value}\r\n" for name, value in endless.headers.items() if found)
            if (stated := endless.lengths.get(path)) is not None:
                head += f"Content-Length: {stated}\r\n"
            if path in endless.locations:
                head += f"Location: {endless.locations[path]}\r\n"
            self.wfile.write(f"HTTP/1.1 {status} x\r\nConnection: close\r\n{head}\r\n".encode("latin-1"))
            try:
                for piece in found() if found else ():
                    self.wfile.write(piece)
                    endless.sent[path] = endless.sent.get(path, 0) + len(piece)
            except OSError:
                """The client has had enough."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        endless.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield endless
        server.shutdown()
