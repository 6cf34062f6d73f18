"""A program that holds a port and answers there as a healthy Airflow would, as that of another checkout does."""

from __future__ import annotations

import json
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
            answer = json.dumps(health if "health" in self.path else {"detail": "no"}).encode()
            self.send_response(200 if "health" in self.path else 401)
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
