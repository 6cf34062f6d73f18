"""The servers and databases of the measurements: one PostgreSQL, the stand-in Spectrum, warehouses.

PostgreSQL is as durable as by default: what is measured is what a warehouse of someone's own would take.
"""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg

from benchmarks.measure import ROOT, WorkFailed, clean_environment
from sandbox.data.generate import load
from sandbox.infolink.server import InfoLinkServer
from stack.postgres import EmbeddedPostgres

_READY_SECONDS = 60


class Lab:
    """A PostgreSQL that lives as long as the measurements. A context manager."""

    def __init__(self) -> None:
        # /var/tmp: for root the server runs as another account, which must reach it; /tmp may be in memory.
        self.folder = Path(tempfile.mkdtemp(prefix="spectrum-etl-bench-", dir="/var/tmp"))
        self.folder.chmod(0o711)
        home = self.folder / "airflow"
        home.mkdir(mode=0o700)
        self.environment = clean_environment(home)
        self.postgres = EmbeddedPostgres(self.folder / "postgres")
        self._password = secrets.token_hex(8)

    def __enter__(self) -> Lab:
        try:
            self.postgres.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server and remove its files."""
        self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def fresh(self, name: str, *, template: str = "template1") -> str:
        """A database of this name, empty or a copy of another, in place of the one that may be there.

        Returns:
            Its URL.
        """
        self.postgres.drop_database(name)
        return self.postgres.create_database(name, template=template)

    def drop(self, *names: str) -> None:
        """Drop databases."""
        for name in names:
            self.postgres.drop_database(name)

    def source(self, name: str, *, jobs: int, transactions: int) -> str:
        """A stand-in Spectrum's database with one company, `1`, and without wrong rows: all of it can be staged.

        Returns:
            Its URL.
        """
        url = self.fresh(name)
        load(url, jobs=jobs, transactions=transactions, seed=1, companies=("1",), flaws=False)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("vacuum analyze")
        return url

    def settle(self) -> None:
        """Write dirty pages out, so that the measurement that follows does not pay for those before."""
        with psycopg.connect(self.postgres.url(), autocommit=True) as connection:
            connection.execute("checkpoint")

    @contextmanager
    def infolink(self, source_url: str) -> Iterator[dict[str, Any]]:
        """An Info-Link on a database, in processes of its own; gives the arguments of `InfoLinkConnection`."""
        server = InfoLinkServer(source_url, user="infolink", password=self._password, tls=False)
        with server:
            yield {
                "host": "127.0.0.1",
                "port": server.port,
                "database": "Spectrum",
                "user": "infolink",
                "password": self._password,
                "encryption": "off",
            }

    @contextmanager
    def web_services(self, source_url: str, *, answer_ms: int) -> Iterator[dict[str, Any]]:
        """The web services on a database, in a process of its own; gives the arguments of `SdxConnection`.

        Args:
            source_url: the stand-in Spectrum's database.
            answer_ms: how long every answer waits, in milliseconds.

        Raises:
            WorkFailed: it does not start.
        """
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "sandbox", "serve", "--ready-file", str(ready)]
        process = subprocess.Popen(
            [*command, "--fault", f"sdx_slow_ms={answer_ms}"],
            cwd=ROOT,
            env={**self.environment, "SANDBOX_DB_URL": source_url},
            stdout=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + _READY_SECONDS
            while not ready.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise WorkFailed("the stand-in web services did not start; their error output is above")
                time.sleep(0.05)
            told = json.loads(ready.read_text(encoding="utf-8"))
            yield {"base_url": told["sdx_url"], "company_login": "1", "authorization_id": told["authorization_id"]}
        finally:
            process.terminate()
            process.wait()
