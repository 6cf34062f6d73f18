"""The stand-in Spectrum and Procore as a background process."""

import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from stack import processes
from stack.errors import StackError, log_tail
from stack.ports import is_free, next_free_port

JOBS = 50
TRANSACTIONS = 20_000
_READY_SECONDS = 120  # the first time it generates its data
_FIRST_SDX_PORT = 8090
_FIRST_INFOLINK_PORT = 14330
_FIRST_PROCORE_PORT = 8190
_PROCORE_COMPANY = 4001  # the sandbox's Procore company beside Spectrum company 1

_SERVERS = ("sdx", "infolink", "procore")


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

        Args:
            say: told what is happening.

        Raises:
            StackError: the sandbox dies or takes no connections, with the reason and its log's path.
        """
        if self.running():
            say(f"the sandbox is running already at {self.sdx_url}")
            return
        self.stop()
        first = {"sdx": _FIRST_SDX_PORT, "infolink": _FIRST_INFOLINK_PORT, "procore": _FIRST_PROCORE_PORT}
        ports = {name: next_free_port(port) for name, port in first.items()}
        for name, port in ports.items():
            self._port_file(name).write_text(str(port), encoding="ascii")
        size = f"{self.jobs} jobs and {self.transactions:,} job cost transactions"
        say(f"starting the stand-in Spectrum and Procore; a new one gets {size}")
        command = [sys.executable, "-m", "sandbox", "serve", *(f"--{name}-port={port}" for name, port in ports.items())]
        command += [f"--jobs={self.jobs}", f"--transactions={self.transactions}"]
        process = processes.spawn(self._mark, command, log=self._log, env=self._environment(), cwd=self.project)
        self._wait(process)

    def stop(self) -> None:
        """Stop it; nothing happens when it is not running."""
        processes.stop(self._mark, patience=5)

    def running(self) -> bool:
        """Return whether its process lives and its ports take connections."""
        return bool(processes.find(self._mark)) and all(_answers(self._port(name)) for name in _SERVERS)

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

    def _wait(self, process: psutil.Process) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while not self.running():
            dead = not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
            if dead or time.monotonic() > deadline:
                what = "died" if dead else f"takes no connections after {_READY_SECONDS} s"
                raise StackError(f"the sandbox {what}: {log_tail(self._log)}\nlog: {self._log}")
            time.sleep(0.1)

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
    def _log(self) -> Path:
        return self.logs / "sandbox.log"


def _answers(port: int) -> bool:
    if not port or is_free(port):
        return False
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
