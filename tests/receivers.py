"""A real SMTP server and a real HTTP webhook on this machine, which keep what they are sent."""

from __future__ import annotations

import base64
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Connection:
    """What is read of an Airflow connection."""

    host: str = ""
    port: int | None = None
    login: str = ""
    password: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def extra_dejson(self) -> dict[str, Any]:
        return self.extra


@dataclass
class Mailbox:
    """What the SMTP server got.

    Args:
        port: where it listens.
        mails: in the order of their arrival.
        receivers: of each mail.
        password: the only one it takes, for the user `sender`.
        refuses: whether it refuses every receiver.
    """

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)
    password: str = "mail-password"
    refuses: bool = False


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    """Serve SMTP without encryption until the block ends."""

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            receivers: list[str] = []
            self.say("220 sink")
            while line := self.rfile.readline().decode().strip():
                verb, _, rest = line.partition(" ")
                if verb.upper() == "EHLO":
                    self.wfile.write(b"250-sink\r\n250 AUTH PLAIN\r\n")
                elif verb.upper() == "AUTH":
                    _, user, password = base64.b64decode(rest.split()[-1]).decode().split("\0")
                    good = (user, password) == ("sender", box.password)
                    self.say("235 welcome" if good else "535 no")
                elif verb.upper() == "RCPT":
                    self.say("550 nobody" if box.refuses else "250 ok")
                    receivers.append(rest.partition(":")[2].strip("<>"))
                elif verb.upper() == "DATA":
                    self.say("354 go on")
                    lines = []
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        lines.append(part.removeprefix(b".") if part.startswith(b"..") else part)
                    box.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[arg-type]
                    box.receivers.append(receivers)
                    self.say("250 taken")
                elif verb.upper() == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        box = Mailbox(server.server_address[1])
        with _served(server):
            yield box


@dataclass
class Webhook:
    """What the webhook got.

    Args:
        url: its secret address.
        posts: JSON values, in the order of their arrival.
        status: what it answers.
    """

    url: str
    posts: list[Any] = field(default_factory=list)
    status: int = 200


@contextmanager
def webhook() -> Iterator[Webhook]:
    """Serve a webhook until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            hook.posts.append(json.loads(content))
            self.send_response(hook.status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook = Webhook(f"http://127.0.0.1:{server.server_address[1]}/services/T0/secret-part")
        with _served(server):
            yield hook


@contextmanager
def _served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
