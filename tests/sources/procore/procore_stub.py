"""A small Procore of the tests, over real HTTP: gives out tokens, insists on the headers, answers what a test says."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

CLIENT_ID = "app-0815"
CLIENT_SECRET = "Sesame-Secret-4711"
COMPANY = "562949953425831"


class Time:
    """A clock that sleeping moves on."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self.now = start
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any

    def param(self, name: str) -> str | None:
        return self.query.get(name, [None])[0]


@dataclass(frozen=True)
class Reply:
    """One answer. `text` is sent as it is; `drop` closes the connection instead; `late` waits that many seconds."""

    status: int = 200
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    drop: bool = False
    late: float = 0.0


Handler = Callable[[Asked], Reply]


class Stub:
    """The server. `on` says what a path answers; `asked` holds the requests besides those for tokens.

    Args:
        certificate: file with key and certificate; without it plain HTTP is spoken.
    """

    def __init__(self, certificate: Path | None = None) -> None:
        self.asked: list[Asked] = []
        self.tokens: list[str] = []
        self.valid: set[str] = set()
        self.token_replies: list[Reply] = []
        self.expires_in: Any = 5400
        self._handlers: dict[tuple[str, str], Handler] = {}
        self._lock = threading.Lock()
        stub = self

        class _Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(length)
                reply = stub._answer(self.command, self.path, dict(self.headers), raw)
                if reply.late:
                    time.sleep(reply.late)
                if reply.drop:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                body = (reply.text if reply.text is not None else json.dumps(reply.content)).encode()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                # A client whose patience ended has hung up.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.wfile.write(body)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

            def handle(self) -> None:
                # A client that does not trust the certificate hangs up in the handshake.
                with contextlib.suppress(ssl.SSLError, ConnectionResetError):
                    super().handle()

            def log_message(self, format: str, *args: Any) -> None:
                """Not printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def on(self, method: str, path: str, *replies: Reply | Handler) -> None:
        """What a path answers: one after the other, the last one for ever."""
        waiting = list(replies)

        def handle(asked: Asked) -> Reply:
            with self._lock:
                reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            return reply(asked) if callable(reply) else reply

        self._handlers[method, path] = handle

    def lists(self, path: str, records: Iterable[dict[str, Any]], **options: Any) -> None:
        """A list with pages as version 1 has them; see `paged`."""
        self.on("GET", path, paged(self.url, list(records), **options))

    def expire(self) -> None:
        """All tokens given out so far are refused from now on."""
        self.valid.clear()

    def bodies(self, method: str) -> list[Any]:
        """What was sent."""
        return [asked.body for asked in self.asked if asked.method == method]

    def _answer(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> Reply:
        parts = urlsplit(target)
        if parts.path == "/oauth/token":
            return self._token(parse_qs(raw.decode()))
        body = json.loads(raw) if raw else None
        asked = Asked(method, parts.path, parse_qs(parts.query, keep_blank_values=True), headers, body)
        with self._lock:
            self.asked.append(asked)
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self.valid:
            return Reply(401, {"code": 401, "message": "The access token is invalid"})
        if headers.get("Procore-Company-Id") != COMPANY:
            return Reply(400, text="Missing Procore-Company-Id header!")
        handler = self._handlers.get((method, parts.path))
        return handler(asked) if handler else Reply(404, {"errors": "Not found"})

    def _token(self, form: dict[str, list[str]]) -> Reply:
        if self.token_replies:
            return self.token_replies.pop(0)
        expected = {"grant_type": ["client_credentials"], "client_id": [CLIENT_ID], "client_secret": [CLIENT_SECRET]}
        if form != expected:
            sent = form.get("client_secret", [""])[0]
            return Reply(
                401, {"error": "invalid_client", "error_description": f"Client authentication failed for {sent}."}
            )
        with self._lock:
            token = f"bearer-token-{len(self.tokens) + 1:04d}"
            self.tokens.append(token)
            self.valid.add(token)
        return Reply(200, {"access_token": token, "token_type": "bearer", "expires_in": self.expires_in})


def paged(
    url: str,
    records: list[dict[str, Any]],
    *,
    link: bool = True,
    totals: bool = True,
    cap: int = 10_000,
    extra_total: int = 0,
) -> Handler:
    """Answers pages of a list.

    Args:
        url: of the server, for the Link header.
        records: all of them.
        link: whether the Link header is sent.
        totals: whether Total and Per-Page are sent.
        cap: the most records a page, whatever is asked for.
        extra_total: how many more than there are the header Total counts.
    """

    def handle(asked: Asked) -> Reply:
        page = int(asked.param("page") or 1)
        size = min(int(asked.param("per_page") or 10), cap)
        headers = {}
        if link:
            kept = "&".join(
                f"{name}={value}" for name, values in asked.query.items() for value in values if name != "page"
            )
            links = [f'<{url}{asked.path}?page=1&{kept}>; rel="first"']
            if page * size < len(records):
                links.append(f'<{url}{asked.path}?page={page + 1}&{kept}>; rel="next"')
            headers["Link"] = ", ".join(links)
        if totals:
            headers |= {"Total": str(len(records) + extra_total), "Per-Page": str(size)}
        return Reply(200, records[(page - 1) * size : page * size], headers)

    return handle
