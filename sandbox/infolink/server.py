"""The Info-Link server: listens, and serves each client in a process of its own.

Used by the sandbox's command line and by tests:

    server = InfoLinkServer(database_url, password="...")
    server.start()
    pymssql.connect("127.0.0.1", port=server.port, user="infolink", password="...", database="Spectrum")

`start` runs this module as a child process, whose listener has a single thread and can fork safely; a client gets a
process (and a core) within milliseconds. The child ends with its parent: it watches a pipe that only the parent holds
open.
"""

import contextlib
import gc
import hashlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg

from sandbox.infolink import query_log
from sandbox.infolink.learned import Learned
from sandbox.infolink.session import Account, Session
from sandbox.infolink.transport import Channel, server_context

_EMULATION = Path(__file__).with_name("emulation.sql")
_START_SECONDS = 30.0
_STOP_SECONDS = 5.0


class InfoLinkServer:
    """A SQL Server stand-in on a TCP port.

    Args:
        database_url: the sandbox database, by a role that may create a schema (for the emulation's functions).
        host: the address to listen on.
        port: the port; 0 picks a free one, see `port` after `start`.
        user: the one login it accepts.
        password: that login's password.
        database_name: the one database it has.
        tls: whether it offers encryption, with a self-signed certificate.
    """

    def __init__(
        self,
        database_url: str,
        host: str = "127.0.0.1",
        port: int = 0,
        user: str = "infolink",
        password: str = "",
        database_name: str = "Spectrum",
        tls: bool = True,
    ) -> None:
        if not password:
            raise ValueError("InfoLinkServer: password is empty; give the password that the login must have")
        self._account = Account(database_url, user, password, database_name)
        self._host = host
        self._tls = tls
        self._process: subprocess.Popen[str] | None = None
        self.port = port

    def start(self) -> None:
        """Start in the background; returns when the port accepts connections.

        Raises:
            RuntimeError: it did not start; the message has the child's error output.
        """
        if self._process is not None:
            raise RuntimeError("InfoLinkServer: it runs already")
        settings = {
            "database_url": self._account.database_url,
            "host": self._host,
            "port": self.port,
            "user": self._account.user,
            "password": self._account.password,
            "database_name": self._account.database_name,
            "tls": self._tls,
        }
        root = str(Path(__file__).parents[2])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.infolink.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": root},
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # Through the pipe, not the arguments or the environment, where other users could read the password.
        self._process.stdin.write(json.dumps(settings) + "\n")
        self._process.stdin.flush()
        ready = select.select([self._process.stdout], [], [], _START_SECONDS)[0]
        line = self._process.stdout.readline() if ready else ""
        if not line.startswith("listening "):
            self.stop()
            raise RuntimeError("InfoLinkServer: it did not start; its error output tells why")
        self.port = int(line.split()[1])

    def stop(self) -> None:
        """Stop listening and end every session; harmless when it does not run."""
        if self._process is None:
            return
        process, self._process = self._process, None
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def serve_forever(self) -> None:
        """Serve in this process until interrupted (SIGINT or SIGTERM)."""
        _install(self._account.database_url)
        _Listener(self._account, self._host, self.port, self._tls).run()

    def __enter__(self) -> "InfoLinkServer":
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()


def _install(database_url: str) -> None:
    """Create the log of queries, and the emulation's functions and views unless this very version is there."""
    script = _EMULATION.read_text()
    version = hashlib.sha256(script.encode()).hexdigest()
    with psycopg.connect(database_url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('tsql'))")
        connection.execute(query_log.CREATE)
        row = connection.execute("SELECT obj_description(to_regnamespace('tsql'), 'pg_namespace')").fetchone()
        if row != (version,):
            connection.execute(script)  # type: ignore[arg-type]  # a file of this package, not input
            connection.execute(f"COMMENT ON SCHEMA tsql IS '{version}'")  # type: ignore[arg-type]  # hexadecimal digits


class _Listener:
    """Accepts clients and forks a process for each."""

    def __init__(self, account: Account, host: str, port: int, tls: bool, lifeline: int = -1) -> None:
        self._account = account
        self._context = server_context() if tls else None
        self._lifeline = lifeline
        self._children: set[int] = set()
        self._learned = Learned()
        self._socket = socket.create_server((host, port), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        # Its reading end becomes readable in every session's process when this process ends, however it ends.
        self._children_lifeline, self._own_end = os.pipe()

    def run(self) -> None:
        stopping: list[int] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda received, _frame: stopping.append(received))
        gc.freeze()  # a session that looks through what it was born with would copy all of it, page by page
        watched = [self._socket.fileno(), self._learned.fileno()] + ([self._lifeline] if self._lifeline >= 0 else [])
        try:
            while not stopping:
                ready = select.select(watched, [], [], 1.0)[0]
                self._reap()
                if self._lifeline in ready:
                    break
                self._learned.read_letters()
                if self._socket.fileno() in ready:
                    client, _ = self._socket.accept()
                    self._fork(client)
        finally:
            self._socket.close()
            os.close(self._own_end)
            for child in self._children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGTERM)
            for child in self._children:
                os.waitpid(child, 0)

    def _fork(self, client: socket.socket) -> None:
        child = os.fork()
        if child:
            self._children.add(child)
            client.close()
            return
        status = 1
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            self._socket.close()
            os.close(self._own_end)
            if self._lifeline >= 0:
                os.close(self._lifeline)
            channel = Channel(client, self._children_lifeline)
            Session(channel, self._account, self._context, self._learned).serve()
            status = 0
        except Exception as error:  # noqa: BLE001  the last frame of a process: say it and end, never run the parent's code
            print(f"infolink session: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(status)

    def _reap(self) -> None:
        for child in list(self._children):
            if os.waitpid(child, os.WNOHANG)[0]:
                self._children.discard(child)


def main() -> None:
    """The child process of `InfoLinkServer.start`: settings on standard input, the port on standard output."""
    settings = json.loads(sys.stdin.readline())
    tls = settings.pop("tls")
    host, port = settings.pop("host"), settings.pop("port")
    account = Account(**settings)
    _install(account.database_url)
    listener = _Listener(account, host, port, tls, lifeline=sys.stdin.fileno())
    print(f"listening {listener.port}", flush=True)
    listener.run()


if __name__ == "__main__":
    main()
