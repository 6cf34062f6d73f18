"""The stand-in Spectrum and Procore as a background process."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from stack import processes
from stack.errors import StackError, log_tail
from stack.fingerprint import fingerprint
from stack.patience import Patience
from stack.ports import is_answered, next_free_port

JOBS = 50
TRANSACTIONS = 20_000
_PORT_TRIES = 5
_PROCORE_COMPANY = 4001  # the sandbox's Procore company beside Spectrum company 1

_FIRST_PORTS = {"sdx": 8090, "infolink": 14330, "procore": 8190}


class _PortLostError(Exception):
    """Another program listens on a port that was free a moment ago."""


@dataclass
class LocalSandbox:
    """One sandbox with its data in a PostgreSQL.

    Args:
        project: the checkout's root.
        run: folder of its port numbers.
        logs: folder of its logs.
        database_url: the PostgreSQL behind its Info-Link.
        authorization_id: what its web services ask for.
        infolink_password: what its Info-Link asks for.
        client_secret: what its Enhanced Authentication asks for, and its Procore.
        jobs, transactions: size of the data that a new one gets.
    """

    project: Path
    run: Path
    logs: Path
    database_url: str
    authorization_id: str
    infolink_password: str
    client_secret: str
    jobs: int = JOBS
    transactions: int = TRANSACTIONS

    @property
    def sdx_url(self) -> str:
        """Address of the web services."""
        return f"http://127.0.0.1:{self._port('sdx')}"

    @property
    def procore_url(self) -> str:
        """Address of Procore's API and sign-in."""
        return f"http://127.0.0.1:{self._port('procore')}"

    def start(self, say: Callable[[str], None]) -> None:
        """Start the servers and wait until they take connections; keep those that run already. New ones load data.

        Those that run are kept only with the code and the addresses that are there now.

        Args:
            say: told what is happening.

        Raises:
            StackError: the sandbox dies, or does nothing and takes no connections, with the reason and its log's path.
        """
        if self.running():
            say(f"the sandbox is running already at {self.sdx_url}")
            return
        self.stop()
        size = f"{self.jobs} jobs and {self.transactions:,} job cost transactions"
        say(f"starting the stand-in Spectrum and Procore; a new one gets {size}")
        for _ in range(_PORT_TRIES):
            try:
                self._serve()
                break
            except _PortLostError:
                say("another program was faster and has taken a port of the sandbox: it tries others")
                self.stop()
        else:
            raise StackError(f"the sandbox lost its ports to other programs {_PORT_TRIES} times: start it again")
        self._fingerprint_file.write_text(self._fingerprint(), encoding="ascii")

    def stop(self) -> None:
        """Stop it; nothing happens when it is not running."""
        self._fingerprint_file.unlink(missing_ok=True)
        processes.stop(self._mark, patience=5)

    def running(self) -> bool:
        """Return whether it is its own process that takes connections on its ports, with the code that is there now."""
        known = self._fingerprint_file.read_text() if self._fingerprint_file.exists() else ""
        return known == self._fingerprint() and self._listens()

    def connections(self) -> dict[str, dict[str, Any]]:
        """Return the Airflow connections that lead to it, as fields of Airflow's API by connection id."""
        return {
            "spectrum_sdx": {
                "host": "127.0.0.1",
                "port": self._port("sdx"),
                "schema": "http",
                "password": self.authorization_id,
            },
            "spectrum_infolink": {
                "host": "127.0.0.1",
                "port": self._port("infolink"),
                "schema": "Spectrum",
                "login": "infolink",
                "password": self.infolink_password,
            },
            "procore": {
                "host": "127.0.0.1",
                "port": self._port("procore"),
                "schema": "http",
                "login": "demo",
                "password": self.client_secret,
                "extra": {"company_id": _PROCORE_COMPANY, "login_url": self.procore_url},
            },
        }

    def _serve(self) -> None:
        """Start the servers on free ports, and wait until all take connections.

        Raises:
            _PortLostError: another program has taken one of the ports meanwhile.
            StackError: it dies, or does nothing.
        """
        ports = {name: next_free_port(port) for name, port in _FIRST_PORTS.items()}
        for name, port in ports.items():
            self._port_file(name).write_text(str(port), encoding="ascii")
        command = [sys.executable, "-m", "sandbox", "serve", *(f"--{name}-port={port}" for name, port in ports.items())]
        command += [f"--jobs={self.jobs}", f"--transactions={self.transactions}"]
        process = processes.spawn(self._mark, command, log=self._log, env=self._environment(), cwd=self.project)
        patience = Patience(lambda _: processes.work(self._mark))
        while not self._listens():
            # In this order: who answers where ours does not listen is another program.
            if any(is_answered(port) and port not in processes.listening(self._mark) for port in ports.values()):
                raise _PortLostError
            dead = not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
            if dead or (stuck := patience.over("it")):
                what = "died" if dead else f"takes no connections: {stuck}"
                raise StackError(f"the sandbox {what}: {log_tail(self._log)}\nlog: {self._log}")
            time.sleep(0.1)

    def _listens(self) -> bool:
        return {self._port(name) for name in _FIRST_PORTS} <= processes.listening(self._mark)

    def _fingerprint(self) -> str:
        return fingerprint(self._environment(), self.project / "sandbox")

    def _environment(self) -> dict[str, str]:
        # In the environment, since arguments are shown to every user of the machine.
        secrets = {
            "SANDBOX_DB_URL": self.database_url,
            "SANDBOX_AUTHORIZATION_ID": self.authorization_id,
            "SANDBOX_INFOLINK_PASSWORD": self.infolink_password,
            "SANDBOX_CLIENT_ID": "demo",
            "SANDBOX_PROCORE_CLIENT_ID": "demo",
            "SANDBOX_PROCORE_CLIENT_SECRET": self.client_secret,
            "SANDBOX_CLIENT_SECRET": self.client_secret,  # one that is not given would be printed into the log
        }
        return processes.clean_environment({**secrets, "PYTHONUNBUFFERED": "1"})

    @property
    def _mark(self) -> str:
        return f"{self.run}:sandbox"

    def _port(self, name: str) -> int:
        return int(self._port_file(name).read_text()) if self._port_file(name).exists() else 0

    def _port_file(self, name: str) -> Path:
        return self.run / f"{name}.port"

    @property
    def _fingerprint_file(self) -> Path:
        return self.run / "sandbox.fingerprint"

    @property
    def _log(self) -> Path:
        return self.logs / "sandbox.log"
