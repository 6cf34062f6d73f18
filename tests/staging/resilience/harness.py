"""A whole sync against the sandbox, step by step, in this process or in one that can be killed. For these tests.

Nothing is simulated: PostgreSQL, TDS and HTTP are spoken, and what a step leaves behind is what a task would leave.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import psycopg

from sandbox.faults import CACHE_SECONDS, Faults
from spectrum_etl.errors import Cause, Reason, SpectrumEtlError
from spectrum_etl.model.counts import Counts
from spectrum_etl.model.run import Run, Scope
from spectrum_etl.settings import Settings
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.sdx.client import SdxClient
from spectrum_etl.sources.sdx.connection import SdxConnection
from spectrum_etl.staging.check import check
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.land import land
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.outcome import close_run
from spectrum_etl.staging.publish import publish

PROJECT = Path(__file__).resolve().parents[3]
PASSWORD, AUTHORIZATION, CLIENT_SECRET = "Tds-Geheim-77", "SDX-GEHEIM-0815", "Client-Geheim-4711"
TABLES = {table.name: table for entry in OBJECTS.values() for table in entry.tables}
#: The tables that the web services can give as well as Info-Link, or, of totals, the transactions.
TWO_READERS = ("jobs", "project_cost_codes", "vendors", "job_cost_totals")
SECRETS = (PASSWORD, AUTHORIZATION, CLIENT_SECRET)

_runs = itertools.count(1)


@dataclass
class World:
    """A source with its servers, a warehouse, and the settings between them.

    Args:
        warehouse, source: URLs of the two databases.
        infolink, sdx: how the source's servers are reached; `sdx` is None where the test does not need it.
        settings: readers and limits.
    """

    warehouse: str
    source: str
    infolink: InfoLinkConnection
    sdx: SdxConnection | None = None
    settings: Settings = field(default_factory=lambda: settings_with())

    def by_sdx(self, *tables: str) -> World:
        """The same, with these tables read by the web services."""
        return dataclasses.replace(self, settings=settings_with(*tables))

    def run(self, try_number: int = 1, run_id: str | None = None, dag_id: str = "stage") -> Run:
        """Another DAG run, or another try of one."""
        return Run(dag_id, run_id or f"run_{next(_runs)}", try_number)

    @contextmanager
    def sources(self, company: str = "1") -> Iterator[Sources]:
        """The company's sources; tries again without waiting, so that a test of a fault is fast."""
        with Sources(self.settings.company(company), infolink=self.infolink, sdx=self.sdx) as sources:
            if self.sdx is not None:
                sources._sdx = sources._stack.enter_context(SdxClient(self.sdx, sleep=lambda _: None))
            yield sources

    def land(self, name: str, run: Run | None = None, company: str = "1", **scope: Any) -> int:
        """The task `land`."""
        with self.sources(company) as sources:
            asked = Scope(company, **scope)
            return land(self.warehouse, OBJECTS[name], asked, run or self.run(), sources, self.settings)

    def check(self, name: str, landing: int) -> None:
        """The task `check`."""
        check(self.warehouse, OBJECTS[name], landing, self.settings)

    def publish(self, name: str, landing: int) -> dict[str, Counts]:
        """The task `publish`."""
        return publish(self.warehouse, OBJECTS[name], landing, self.settings)

    def tidy(self, name: str, run: Run, company: str = "1") -> int:
        """The teardown: the number of landing tables it dropped."""
        return close_run(self.warehouse, OBJECTS[name], run, company, self.settings)

    def landed(self, name: str, run: Run | None = None, company: str = "1", **scope: Any) -> int:
        """Landed and checked, not published."""
        landing = self.land(name, run, company, **scope)
        self.check(name, landing)
        return landing

    def sync(self, name: str, run: Run | None = None, company: str = "1", **scope: Any) -> dict[str, Counts]:
        """All four tasks, the teardown also after a failure, as the DAG does."""
        run = run or self.run()
        try:
            return self.publish(name, self.landed(name, run, company, **scope))
        finally:
            self.tidy(name, run, company)
            assert self.landing_tables(run) == []

    def state(self, landing: int) -> str:
        """What became of a landing."""
        return self.ask("select state from sync.landings where landing_id = %s", landing)[0][0]

    def landing_tables(self, run: Run) -> list[str]:
        """What is left in the schema `landing` of a run."""
        rows = self.ask(
            r"select tablename from pg_tables where schemaname = 'landing' and substring(tablename from"
            r" '_(\d+)(?:_rows|_rejects|_partitions)?$')::bigint in (select landing_id from sync.landings"
            " where run_id = %s and dag_id = %s)",
            run.run_id,
            run.dag_id,
        )
        return [name for (name,) in rows]

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the warehouse."""
        with psycopg.connect(self.warehouse) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def ask_source(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the source."""
        with psycopg.connect(self.source) as connection:
            return connection.execute(query.encode()).fetchall()

    def change(self, statement: str, *values: object) -> int:
        """Change the source; how many rows that was."""
        with psycopg.connect(self.source, options="-c search_path=dbo,public") as connection:
            return connection.execute(statement.encode(), values).rowcount

    @contextmanager
    def fault(self, name: str, value: str | None = None, count: int | None = None) -> Iterator[None]:
        """A fault of the sandbox, while the block runs."""
        faults = Faults(self.source)
        # The web services keep the switches for a while; an Info-Link session is new with every sync and reads them.
        seen_after = CACHE_SECONDS + 0.01 if name.startswith("sdx_") else 0.0
        try:
            faults.set(name, value, count)
            time.sleep(seen_after)
            yield
        finally:
            faults.clear(name)
            faults.close()
            time.sleep(seen_after)


def settings_with(*by_sdx: str, **changes: Any) -> Settings:
    """The settings of the project with these tables read by the web services and all others from Info-Link.

    Args:
        by_sdx: of `TWO_READERS`.
        changes: other settings.
    """
    otherwise = {"job_cost_totals": "transactions"}
    readers = {name: "sdx" if name in by_sdx else otherwise.get(name, "infolink") for name in TWO_READERS}
    settings = load_settings()
    company = settings.companies[0]
    companies = (company, company.model_copy(update={"code": "2", "name": "Services"}))
    return settings.model_copy(update={"companies": companies, "readers": readers, **changes})


class Child:
    """A step in a process of its own, as an Airflow worker runs it, that can be killed."""

    def __init__(
        self, world: World, step: str, name: str, run: Run, landing: int = 0, company: str = "1", **scope: Any
    ) -> None:
        """Start it.

        Args:
            world: where.
            step: land, publish or marts.
            name: importable object; of `marts` it means nothing.
            run: the DAG run.
            landing: of `publish`.
            company: of `land` and `marts`.
            scope: of `land`.
        """
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.staging.resilience.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": f"{PROJECT}:{PROJECT / 'plugins'}"},
        )
        order = {
            "warehouse": world.warehouse,
            "infolink": dataclasses.asdict(world.infolink),
            "sdx": dataclasses.asdict(world.sdx) if world.sdx else None,
            "by_sdx": [name for name in TWO_READERS if world.settings.reader(TABLES[name]) == "sdx"],
            "step": step,
            "object": name,
            "run": dataclasses.asdict(run),
            "landing": landing,
            "scope": Scope(company, **scope).to_dict(),
        }
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode())
        self.process.stdin.close()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(10) == -signal.SIGKILL
        self.close()

    def close(self) -> None:
        """Close the pipes."""
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    def result(self) -> str:
        """What it printed, once it ended well."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        out, err = self.process.stdout.read(), self.process.stderr.read()
        code = self.process.wait(60)
        self.close()
        assert code == 0, err.decode()
        return out.decode().strip()


def wait_for(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until something is so.

    Raises:
        AssertionError: it was not in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{condition} did not come true in {seconds} s"
        time.sleep(0.02)


def assert_explained(world: World, name: str, error: SpectrumEtlError, run: Run, *words: str) -> None:
    """A failure is told by a message that helps, and stands in the books with it.

    Args:
        world: where.
        name: importable object.
        error: what the step raised.
        run: the DAG run, after its teardown.
        words: what the message must name.
    """
    text = str(error)
    for word in (*words, "What to do:"):
        assert word in text, f"{word!r} is not in: {text}"
    assert_no_secret(text)
    rows = world.ask("select table_name, state, message, remedy, cause from sync.runs where run_id = %s", run.run_id)
    assert {row[0] for row in rows} == {table.name for table in OBJECTS[name].tables}
    for _, state, message, remedy, cause in rows:
        assert state in ("failed", "stopped")
        assert "What to do:" not in message
        assert Reason(message, remedy).in_words == text
        assert cause in get_args(Cause)
    landings = world.ask("select state, message from sync.landings where run_id = %s", run.run_id)
    assert {message for _, message in landings} == {text}
    assert world.landing_tables(run) == []


def assert_no_secret(text: str) -> None:
    """No password, Authorization ID or client secret is in a text."""
    for secret in SECRETS:
        assert secret.casefold() not in text.casefold()
