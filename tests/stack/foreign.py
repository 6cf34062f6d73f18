"""Programs that hold a port of ours: one answers as a healthy Airflow would, as that of another checkout does, one as a
PostgreSQL that wants to see passwords."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Foreign:
    """The other program.

    Args:
        port: where it listens.
        received: what it was sent: request lines, headers and bodies.
    """

    port: int = 0
    received: list[str] = field(default_factory=list)

    def asked(self, path: str) -> bool:
        """Whether somebody asked for a path."""
        return any(f" {path}" in text.splitlines()[0] for text in self.received)


@contextmanager
def foreign_server(port: int = 0) -> Iterator[Foreign]:
    """Let it answer while the block runs; without a port on any free one."""
    foreign = Foreign()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
            foreign.received.append(f"{self.requestline}\n{self.headers}\n{body}")
            now = datetime.now(UTC).isoformat()
            parts = ("metadatabase", "scheduler", "triggerer", "dag_processor")
            health = {part: {"status": "healthy", f"latest_{part}_heartbeat": now} for part in parts}
            known = {"health": health, "token": {"access_token": "a token"}}
            found = next((answer for word, answer in known.items() if word in self.path), None)
            answer = json.dumps(found or {"detail": "no"}).encode()
            self.send_response(200 if found else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PATCH = _answer

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    foreign.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield foreign
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def foreign_postgres() -> Iterator[Foreign]:
    """A PostgreSQL that asks whoever connects for the password as it is.

    `received` is complete when the block has ended: a client may be gone before its last word has been read here.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        foreign = Foreign(server.getsockname()[1])

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:  # the block has ended
                    return
                with client:
                    client.settimeout(10)
                    while length := int.from_bytes(client.recv(4) or bytes(4), "big"):
                        request = client.recv(length - 4)
                        if request[:2] == b"\x04\xd2":  # for encryption, before the first word
                            client.sendall(b"N")
                            continue
                        client.sendall(b"R" + (8).to_bytes(4, "big") + (3).to_bytes(4, "big"))
                        foreign.received.append(client.recv(1000).decode(errors="replace"))
                        break

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield foreign
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=15)
            assert not thread.is_alive(), "somebody is still connected, and may yet say something"
